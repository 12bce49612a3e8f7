import { QUIET, SERIES } from '@ds/palette';
import type { PlotOptions } from '@observablehq/plot';

export type PlotLibrary = typeof import('@observablehq/plot');

/** A number with a slider. */
export interface Control {
  label: string;
  min: number;
  max: number;
  step: number;
  value: number;
}

/** A figure that the packages compute in the page. */
export interface Figure<Key extends string = string> {
  /** The label for screen readers. */
  label: string;
  controls: Record<Key, Control>;
  /** The plots, from top to bottom, and a sentence that describes their current state. */
  draw(values: Record<Key, number>, plot: PlotLibrary): { plots: PlotOptions[]; says: string };
}

/** Types the keys of a figure's controls. */
export function figure<Key extends string>(definition: Figure<Key>): Figure<Key> {
  return definition;
}

/** The colours of series that are not poolings. Poolings have those of `poolingColor`. */
export const COLORS = {
  first: SERIES[2]!,
  second: SERIES[0]!,
  third: SERIES[3]!,
  quiet: QUIET,
};
