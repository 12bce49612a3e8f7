import { isMultiLabel } from '../config/multi-label.js';
import type { RunConfig } from '../config/run-config.js';
import { scoredSet } from '../data/held-out.js';

/** The measures of a test, by which runs are compared. */
interface Scores {
  /** A share. With several labels, the share of correct decisions. */
  accuracy: number;
  /** With several labels. */
  meanAveragePrecision?: number;
}

/** The score of a test, a share: accuracy or, with several labels for a sound, mAP. */
export function scoreOf({ accuracy, meanAveragePrecision }: Scores): number {
  return meanAveragePrecision ?? accuracy;
}

/** The name of a run's score, for headings. */
export function scoreName(config: Pick<RunConfig, 'sounds'>): 'accuracy' | 'mAP' {
  return isMultiLabel(config) ? 'mAP' : 'accuracy';
}

/** The name with the examples that were scored: `test accuracy`, or `held-out mAP`. */
export function fullScoreName(config: Pick<RunConfig, 'sounds' | 'validationImages'>): string {
  return `${scoredSet(config)} ${scoreName(config)}`;
}
