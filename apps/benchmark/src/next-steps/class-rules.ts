import { type ClassGroup, classGroups, confusedPairs } from '../class-test/class-groups.js';
import { isMultiLabel } from '../config/multi-label.js';
import { scoredExamples } from '../data/held-out.js';
import type { RunResult } from '../run/run-result.js';
import { fullScoreName, scoreOf } from '../statistics/score.js';
import { formatShare } from '../text/format.js';
import { wordingOf } from '../text/wording.js';
import type { NextStep } from './next-step.js';
import { errorOfShare, STANDARD_ERRORS } from './standard-error.js';

/** After fewer epochs, the statistics of batch norm lag, so a test is far below training. */
const FEW_EPOCHS = 3;

/** The smallest number, and share of a class, of mistakes that are worth a look. */
const LEAST_CONFUSED = { count: 3, share: 0.1 };

/**
 * The test is no better than that of a network that always names the most frequent class, and
 * training is not much better either.
 */
export function nearGuessing(run: RunResult): NextStep | null {
  const { config, images, epochs } = run;
  const groups = classGroups([run], () => '');
  if (groups.length === 0 || isMultiLabel(config)) return null;
  const score = scoreOf(run);
  const chance = groups.reduce((sum, group) => sum + mostFrequentShare(group), 0) / groups.length;
  if (score > chance + STANDARD_ERRORS * errorOfShare(chance, images.test)) return null;
  const training = epochs.at(-1)?.accuracy ?? 0;
  // A network that has learned its training data is not helped by more epochs.
  if (epochs.length >= FEW_EPOCHS && training > chance + 0.15) return null;
  return {
    seen:
      `The ${fullScoreName(config)} of ${formatShare(score)} is no better than always naming the most ` +
      `frequent class (${formatShare(chance)}).`,
    advice: `Train longer: a larger preset, or more --epochs than ${epochs.length}.`,
  };
}

/** Share of the most frequent true class. */
function mostFrequentShare({ classes, confusion, count }: ClassGroup): number {
  const examples = classes.map(() => 0);
  for (const { truth, count: pairs } of confusion) examples[truth]! += pairs;
  return Math.max(...examples) / count;
}

/** One class is taken for another more often than mistakes at random would give. */
export function confusedClasses(run: RunResult): NextStep | null {
  const { config } = run;
  const pair = classGroups([run], () => '')
    .flatMap((group) => confusedPairs(group).filter((one) => isSystematic(one, group)))
    .sort((a, b) => b.count - a.count)[0];
  if (!pair) return null;
  const { things } = wordingOf(config);
  const examples = Math.round(pair.count / pair.share);
  return {
    seen:
      `${pair.truth} is taken for ${pair.predicted} in ${pair.count} of ${examples} ` +
      `${scoredExamples(config)} (${config.pooling}, seed ${config.seed}).`,
    advice:
      `Look at ${things} of both classes: correct wrong labels, and add training ${things} ` +
      'that show the difference.',
  };
}

type Pair = ReturnType<typeof confusedPairs>[number];

/** Mistakes at random would fall on all other classes alike. */
function isSystematic({ truth, count, share }: Pair, group: ClassGroup): boolean {
  if (count < LEAST_CONFUSED.count || share < LEAST_CONFUSED.share) return false;
  const others = group.classes.length - 1;
  if (others < 2) return true;
  const wrong = confusedPairs(group)
    .filter((pair) => pair.truth === truth)
    .reduce((sum, pair) => sum + pair.count, 0);
  const chance = 1 / others;
  return count / wrong > chance + STANDARD_ERRORS * errorOfShare(chance, wrong);
}
