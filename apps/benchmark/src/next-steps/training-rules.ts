import { isMultiLabel } from '../config/multi-label.js';
import type { RunResult } from '../run/run-result.js';
import { fullScoreName, scoreOf } from '../statistics/score.js';
import { formatShare } from '../text/format.js';
import { wordingOf } from '../text/wording.js';
import type { NextStep } from './next-step.js';
import { errorOfShare, STANDARD_ERRORS } from './standard-error.js';

/** The smallest gap between training and test that is worth advice. */
const LEAST_GAP = 0.1;

/** The smallest rise of a score in the last third of a training that is worth advice. */
const LEAST_RISE = 0.01;

/** The test accuracy is far below the training accuracy. */
export function shortOfTraining(run: RunResult): NextStep | null {
  const { config, epochs, images, accuracy } = run;
  const last = epochs.at(-1);
  // After few epochs, the test is below the training for another reason: batch normalisation.
  if (!last || epochs.length < 3) return null;
  // Mixed images have no one right class, and with several labels most decisions are right.
  if (config.mixup > 0 || isMultiLabel(config)) return null;
  const gap = last.accuracy - accuracy;
  if (gap < LEAST_GAP || gap < STANDARD_ERRORS * errorOfShare(accuracy, images.test)) return null;
  const { things } = wordingOf(config);
  return {
    seen:
      `The ${fullScoreName(config)} of ${formatShare(accuracy)} is far below the training accuracy of the ` +
      `last epoch (${formatShare(last.accuracy)}).`,
    advice: `Add training ${things}${augmentationOf(config)}.`,
  };
}

/** The augmentation that a run did not use, as further advice. */
function augmentationOf({ dataset, flip, padding, sounds }: RunResult['config']): string {
  if (dataset === 'sounds') {
    return sounds?.specAugment
      ? ''
      : ', or mask parts of them: specAugment in the file of --config';
  }
  const missing = [
    // A mirrored digit is another digit, or none.
    ...(flip || dataset === 'mnist' ? [] : ['flip: true']),
    ...(padding > 0 || dataset === 'imagefolder' ? [] : ['padding: 2']),
    'mixup: 0.2',
  ];
  return `, or vary them: ${missing.join(', ')} in the file of --config`;
}

/** The score was better at an earlier epoch. */
export function overtrained(run: RunResult): NextStep | null {
  const scores = scoresOf(run);
  const last = scores.at(-1);
  if (last === undefined) return null;
  const best = Math.max(...scores);
  const at = scores.indexOf(best);
  const fall = best - last;
  if (fall === 0 || fall < STANDARD_ERRORS * errorOfShare(best, run.images.test)) return null;
  return {
    seen:
      `The ${fullScoreName(run.config)} was highest after epoch ${at + 1} ` +
      `(${formatShare(best)}), and ended at ${formatShare(last)}.`,
    advice: `Try fewer epochs (--epochs ${at + 1}), or a stronger weightDecay.`,
  };
}

/** The score still rose in the last third of the epochs. */
export function stillRising(run: RunResult): NextStep | null {
  const scores = scoresOf(run);
  if (scores.length < 3) return null;
  const third = Math.max(1, Math.floor(scores.length / 3));
  const [last, before] = [scores.at(-1)!, scores.at(-1 - third)!];
  const rise = last - before;
  if (last < Math.max(...scores) || rise < LEAST_RISE) return null;
  if (rise < STANDARD_ERRORS * errorOfShare(last, run.images.test)) return null;
  return {
    seen:
      `The ${fullScoreName(run.config)} still rose in the last ` +
      `${third === 1 ? 'epoch' : `${third} epochs`} ` +
      `(${formatShare(before)} → ${formatShare(last)}).`,
    advice: `Train longer (--epochs ${2 * scores.length}).`,
  };
}

function scoresOf({ epochs }: RunResult): number[] {
  return epochs.flatMap(({ evaluation }) => (evaluation ? [scoreOf(evaluation)] : []));
}
