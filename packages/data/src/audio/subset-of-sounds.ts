import { stratifiedDraw } from '../stratified-draw.js';
import type { SoundClip, SoundDataset } from './sound-dataset.js';

/**
 * `count` clips drawn without replacement and class by class, so that classes have the shares that they
 * have among the clips: the same ones for the same seed, in a random order, all of them too. Of several
 * tasks a class is one of each.
 *
 * @param tasks by name, those whose classes count.
 * @throws Error if count is not an integer between 1 and the number of clips, or a task is unknown.
 */
export function subsetOfSounds(
  dataset: Pick<SoundDataset, 'tasks'>,
  clips: SoundClip[],
  count: number,
  seed: number,
  tasks: string[] = dataset.tasks.map(({ name }) => name),
): SoundClip[] {
  if (!Number.isInteger(count) || count < 1 || count > clips.length) {
    throw new Error(
      `subsetOfSounds: count must be an integer in 1 … ${clips.length}, got ${count}`,
    );
  }
  const places = tasks.map((name) => {
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
