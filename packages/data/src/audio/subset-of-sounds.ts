import { ConfigError, requireInteger, requireList } from '@ds/checks';
import { stratifiedDraw } from '../stratified-draw.js';
import { requireClips, requireTasks } from './require-clips.js';
import { requireLabels } from './require-labels.js';
import { requireTaskNames } from './require-task-names.js';
import type { SoundClip, SoundDataset, SoundTask } from './sound-dataset.js';

/**
 * Draws `count` clips without replacement, stratified by class: each class keeps its proportion.
 * The same seed draws the same clips in the same random order, even if all clips are drawn. With
 * several tasks, clips share a class if they agree in every task. In a `multiLabel` task, clips
 * agree if they have the same labels.
 *
 * @param tasks names of the tasks that define the classes. Default: all.
 * @throws ConfigError if count is not an integer between 1 and the number of clips, a task is
 *   unknown, or a label is not a class of its task.
 */
export function subsetOfSounds(
  dataset: Pick<SoundDataset, 'tasks'>,
  clips: SoundClip[],
  count: number,
  seed: number,
  tasks?: string[],
): SoundClip[] {
  return drawSounds('subsetOfSounds', dataset, clips, count, seed, tasks);
}

/** {@link subsetOfSounds} for the function `op`, which its errors name. */
export function drawSounds(
  op: string,
  dataset: Pick<SoundDataset, 'tasks'>,
  clips: SoundClip[],
  count: number,
  seed: number,
  tasks?: string[],
): SoundClip[] {
  requireTasks(op, dataset);
  requireClips(op, clips);
  clips.forEach((clip, i) => {
    requireList(op, `clips[${i}].labels`, clip.labels, dataset.tasks.length);
  });
  requireInteger(op, 'count', count, 1, clips.length);
  requireInteger(op, 'seed', seed);
  if (tasks !== undefined) requireTaskNames(op, 'tasks', tasks);
  const places = (tasks ?? dataset.tasks.map(({ name }) => name)).map((name) => {
    const at = dataset.tasks.findIndex((task) => task.name === name);
    if (at >= 0) return at;
    const names = dataset.tasks.map((task) => task.name);
    throw new ConfigError(`${op}: tasks must be some of ${names.join(', ')}, got '${name}'`);
  });
  requireLabels(op, clips, dataset.tasks, places);
  const codes = new Map(places.map((at) => [at, codesOf(dataset.tasks[at]!, clips, at)]));
  const classes = clips.map((_, i) =>
    places.reduce((code, at) => code * codes.get(at)!.count + codes.get(at)!.values[i]!, 0),
  );
  return stratifiedDraw(classes, count, seed).map((at) => clips[at]!);
}

/** A number for the labels that each clip has in a task, below `count`. */
function codesOf({ classes, multiLabel }: SoundTask, clips: SoundClip[], at: number) {
  if (!multiLabel) {
    return { count: classes.length, values: clips.map(({ labels }) => labels[at] as number) };
  }
  const sets = clips.map(({ labels }) => `${labels[at]}`);
  const order = new Map([...new Set(sets)].sort().map((set, code) => [set, code]));
  return { count: order.size, values: sets.map((set) => order.get(set)!) };
}
