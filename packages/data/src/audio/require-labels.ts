import { integerIn, requireArray } from '@ds/checks';
import type { SoundClip, SoundTask } from './sound-dataset.js';

/**
 * @param places the tasks to check, as places in the lists of labels.
 * @throws ConfigError if a label of a clip is not a class of its task, as with clips of another
 *   dataset, or is a list though the task is not `multiLabel`.
 */
export function requireLabels(
  op: string,
  clips: SoundClip[],
  tasks: SoundTask[],
  places: number[],
): void {
  for (const [i, { file, labels }] of clips.entries()) {
    requireArray(op, `clips[${i}].labels`, labels);
    for (const at of places) {
      const { name, classes, multiLabel } = tasks[at]!;
      const label = labels[at];
      const check = integerIn(0, classes.length - 1);
      for (const one of multiLabel ? [label].flat() : [label]) {
        check(op, `the label of ${file} for task '${name}'`, one);
      }
    }
  }
}
