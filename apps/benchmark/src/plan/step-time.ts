import { median } from '../statistics/median.js';

/** A step of a measured run, as its thread reported it. */
export interface ReportedStep {
  /** When the report came, in milliseconds. */
  at: number;
  /** Seconds of the step by the clock of the training, which leaves out the wait for data. */
  seconds: number;
}

/** Number of the first steps of a run that compile and allocate. */
export const WARM_UP = 3;

/**
 * Seconds of a usual step: the median time between two reports, after the warm-up if the run has
 * more steps. A single step has no time between reports, and neither have steps that a GPU reports
 * together. Then the clock of the training counts.
 */
export function stepTime(steps: ReportedStep[]): number {
  const between = steps.slice(1).map(({ at }, i) => (at - steps[i]!.at) / 1000);
  const own = (steps.length > 1 ? steps.slice(1) : steps).map(({ seconds }) => seconds);
  return Math.max(steady(between), steady(own));
}

/** The median after the warm-up, or of all values if there are no others. */
function steady(seconds: number[]): number {
  return median(seconds.length > WARM_UP ? seconds.slice(WARM_UP) : seconds);
}
