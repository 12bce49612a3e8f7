import { ConfigError, DataError, requireInteger, requireString } from '@ds/checks';
import { requireClips, requireTasks } from './audio/require-clips.js';
import type { SoundClip, SoundDataset } from './audio/sound-dataset.js';
import { drawSounds } from './audio/subset-of-sounds.js';
import { filesAt, type ImageFileSet, requireFileSet } from './image-folder.js';
import { type ImageSet, imagesAt, requireImageSet } from './image-set.js';
import { permutation } from './random.js';
import { stratifiedDraw } from './stratified-draw.js';

/** A set in two parts that share no example. */
export interface HeldOut<Set> {
  /** What is left to train on, in the order of the set. */
  train: Set;
  /** What was drawn, in random order. */
  validation: Set;
}

/**
 * Splits `count` images off a training set, so that choices need not look at the test set. The draw
 * is stratified by class. The same seed draws the same images.
 *
 * @throws ConfigError if count is not an integer between 1 and the size of the set minus 1.
 */
export function holdOut(set: ImageSet, count: number, seed: number): HeldOut<ImageSet> {
  requireImageSet('holdOut', set);
  requireDraw('holdOut', 'set', count, set.count, seed);
  const { train, validation } = split(set.labels, count, seed);
  return { train: imagesAt(set, train), validation: imagesAt(set, validation) };
}

/**
 * Splits `count` files off the training files of an image folder, as {@link holdOut} does for
 * images in memory.
 *
 * @throws ConfigError if count is not an integer between 1 and the size of the set minus 1, or a
 *   label is not an integer from 0 to 65,535.
 */
export function holdOutFiles(
  set: ImageFileSet,
  count: number,
  seed: number,
): HeldOut<ImageFileSet> {
  requireFileSet('holdOutFiles', set);
  requireDraw('holdOutFiles', 'set', count, set.count, seed);
  const { train, validation } = split(set.labels, count, seed);
  return { train: filesAt(set, train), validation: filesAt(set, validation) };
}

/**
 * Splits clips off the training clips of a sound dataset, as {@link holdOut} does for images. If
 * every clip has a source of its own, these are `count` clips, stratified as in `subsetOfSounds`.
 * Otherwise whole sources are drawn, such as speakers, until they have at least `count` clips. So
 * no source is on both sides, and no clip is lost.
 *
 * @param tasks names of the tasks that define the classes. Default: all.
 * @throws ConfigError if count is not an integer between 1 and the number of clips minus 1, a task
 *   is unknown, or a label is not a class of its task.
 * @throws DataError if no source would be left to train on.
 */
export function holdOutSounds(
  dataset: Pick<SoundDataset, 'tasks'>,
  clips: SoundClip[],
  count: number,
  seed: number,
  tasks?: string[],
): HeldOut<SoundClip[]> {
  requireTasks('holdOutSounds', dataset);
  requireClips('holdOutSounds', clips);
  for (const [i, { source }] of clips.entries()) {
    requireString('holdOutSounds', `clips[${i}].source`, source);
  }
  requireDraw('holdOutSounds', 'clips', count, clips.length, seed);
  // Also checks the tasks.
  const single = drawSounds('holdOutSounds', dataset, clips, count, seed, tasks);
  const sources = new Map<string, SoundClip[]>();
  for (const clip of clips) {
    const list = sources.get(clip.source);
    if (list) list.push(clip);
    else sources.set(clip.source, [clip]);
  }
  const validation = sources.size === clips.length ? single : bySource(sources, count, seed);
  const drawn = new Set(validation);
  const train = clips.filter((clip) => !drawn.has(clip));
  if (train.length > 0) return { train, validation };
  throw new DataError(
    `holdOutSounds: clips must have a source that is left to train on, ` +
      `got ${sources.size} sources of ${clips.length} clips, all drawn for ${count} clips`,
  );
}

/** The clips of whole sources, drawn until there are enough. */
function bySource(sources: Map<string, SoundClip[]>, count: number, seed: number): SoundClip[] {
  const lists = [...sources.values()];
  const drawn: SoundClip[] = [];
  for (const at of permutation(lists.length, seed)) {
    if (drawn.length >= count) break;
    for (const clip of lists[at]!) drawn.push(clip);
  }
  return drawn;
}

function requireDraw(op: string, name: string, count: number, total: number, seed: number): void {
  if (total < 2)
    throw new ConfigError(`${op}: ${name} must have at least 2 examples, got ${total}`);
  requireInteger(op, 'count', count, 1, total - 1);
  requireInteger(op, 'seed', seed);
}

function split(labels: ArrayLike<number>, count: number, seed: number): HeldOut<number[]> {
  const validation = stratifiedDraw(labels, count, seed);
  const drawn = new Set(validation);
  return { train: Array.from(labels, (_, i) => i).filter((i) => !drawn.has(i)), validation };
}
