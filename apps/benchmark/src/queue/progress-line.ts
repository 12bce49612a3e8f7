import { type RunConfig, runId } from '../config/run-config.js';
import type { RunProgress } from '../run/run-result.js';
import { wordingOf } from '../text/wording.js';

/** The line of a run in progress: `conv-seed1-c0466661893b: step 3/10, 120 images/s`. */
export function progressLine(
  config: RunConfig,
  { step, totalSteps, imagesPerSecond }: RunProgress,
): string {
  const rate = `${Math.round(imagesPerSecond)} ${wordingOf(config).things}/s`;
  return `${runId(config)}: step ${step + 1}/${totalSteps}, ${rate}`;
}
