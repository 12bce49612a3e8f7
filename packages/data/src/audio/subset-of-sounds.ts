import { requireInteger, requireList, requireObject } from '@ds/checks';
import { stratifiedDraw } from '../stratified-draw.js';
import { requireClips, requireTasks } from './require-clips.js';
import { requireWords } from './require-words.js';
import type { SoundClip, SoundDataset } from './sound-dataset.js';

/**
 * `count` clips drawn without replacement and class by class, so that classes have the shares that they
 * have among the clips: the same ones for the same seed, in a random order, all of them too. Of several
 * tasks a class is one of each.
 *
 * @param tasks by name, those whose classes count. Default: all.
 * @throws Error if count is not an integer between 1 and the number of clips, or a task is unknown.
 */
export function subsetOfSounds(
  dataset: Pick<SoundDataset, 'tasks'>,
  clips: SoundClip[],
  count: number,
  seed: number,
  tasks?: string[],
): SoundClip[] {
  const op = 'subsetOfSounds';
  requireTasks(op, dataset);
  requireClips(op, clips);
  clips.forEach((clip, i) => {
    requireObject(op, `clips[${i}]`, clip);
    requireList(op, `clips[${i}].labels`, clip.labels, dataset.tasks.length);
  });
  requireInteger(op, 'count', count, 1, clips.length);
  requireInteger(op, 'seed', seed);
  if (tasks !== undefined) requireWords(op, 'tasks', tasks);
  const places = (tasks ?? dataset.tasks.map(({ name }) => name)).map((name) => {
    const at = dataset.tasks.findIndex((task) => task.name === name);
    if (at >= 0) return at;
    const names = dataset.tasks.map((task) => task.name);
    throw new Error(`subsetOfSounds: tasks must be some of ${names.join(', ')}, got '${name}'`);
  });
  const classes = clips.map(({ labels }) =>
    places.reduce((code, at) => code * dataset.tasks[at]!.classes.length + labels[at]!, 0),
  );
  return stratifiedDraw(classes, count, seed).map((at) => clips[at]!);
}
