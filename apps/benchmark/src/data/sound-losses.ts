import type { SoundClip, SoundTask } from '@ds/data';
import type { OutputLosses } from '@ds/train';

/** The losses of a network's heads: sigmoids for tasks with several labels. */
export function lossesOf(
  tasks: Pick<SoundTask, 'multiLabel'>[],
): NonNullable<OutputLosses['losses']> {
  return tasks.map(({ multiLabel }) => (multiLabel ? 'binaryCrossEntropy' : 'crossEntropy'));
}

/**
 * Balanced class weights of a task, `w_k = N / (K n_k)`, for n_k of all N labels of the clips and K
 * classes, as in scikit-learn. The mean weight of a label is 1.
 *
 * @param at the place of the task in a clip's labels.
 */
export function balancedWeights(
  { classes }: Pick<SoundTask, 'classes'>,
  clips: Pick<SoundClip, 'labels'>[],
  at: number,
): number[] {
  const counts = new Array<number>(classes.length).fill(0);
  for (const { labels } of clips) {
    for (const label of [labels[at]!].flat()) counts[label]! += 1;
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  // The drawn clips may lack a class.
  return counts.map((count) => (count === 0 ? 1 : total / (classes.length * count)));
}
