import {
  type Check,
  type Checks,
  ConfigError,
  requireOptions as checkOptions,
  DataError,
  refuse,
  requireFunction,
  requireNumber,
  requireObject,
  requirePositive,
  requireSize,
} from '@ds/checks';
import { type Tensor2D, type Tensor4D, tensor2d, tensor4d } from '@tensorflow/tfjs-core';
import { BATCH_CHECKS } from '../batch-checks.js';
import { epochStreams } from '../epoch-streams.js';
import type { OnNote } from '../note-once.js';
import { randomStream } from '../random.js';
import { STREAM_USE } from '../stream-use.js';
import { inWindow } from './in-window.js';
import { readSound } from './read-sound.js';
import { requireClips, requireTasks } from './require-clips.js';
import { requireLabels } from './require-labels.js';
import { requireSeconds, windowLength } from './require-seconds.js';
import { requireTaskNames } from './require-task-names.js';
import { requireRate } from './resample-sound.js';
import type { SoundClip, SoundDataset } from './sound-dataset.js';
import { maskInPlace, requireSpecAugment, type SpecAugment } from './spec-augment.js';
import { Spectrogram, type SpectrogramOptions } from './spectrogram.js';

/**
 * Decoded sounds by file, mono and at one sample rate. Pass the same map to every epoch, and each
 * file is read once. Another sample rate needs another map.
 */
export type SoundCache = Map<string, Float32Array>;

/** Options of {@link soundBatches}. */
export interface SoundBatchOptions {
  batchSize: number;
  /** Names of the tasks to return labels for. Default: all tasks. */
  tasks?: string[];
  /** Sounds are resampled to its `sampleRate`. Several channels are averaged. */
  frontEnd: SpectrogramOptions;
  /** Window length in seconds. Shorter sounds are padded with zeros, longer ones are cropped. */
  seconds: number;
  /** Mean and standard deviation over all values, from `soundStatistics`. */
  mean: number;
  std: number;
  /**
   * Shuffles the clips and draws the offset of each sound in its window. Without it, clips keep
   * their order and sounds are centred.
   */
  shuffle?: { seed: number; epoch: number };
  /** Masks. They are drawn again for each sound and epoch, and need `shuffle`. Default: none. */
  specAugment?: SpecAugment;
  /** Sounds of the front end's sample rate only. Default: each epoch reads the files again. */
  cache?: SoundCache;
  /**
   * Called with a sentence when a file is guessed at or cut, once for each kind: see `decodeWav`.
   */
  onNote?: OnNote;
}

/** One batch. The caller disposes of it. */
export interface SoundBatch {
  /** [batch, frames, bands, 1]. */
  spectrograms: Tensor4D;
  /** [batch, classes] for each task: a 1 for the class, or for each label if it is `multiLabel`. */
  labels: Tensor2D[];
  /** The files of the sounds, in order. */
  files: string[];
}

/**
 * Yields batches of spectrograms for one pass over the clips of a dataset. Files are read on
 * demand. Node only.
 *
 * @throws ConfigError if an option is out of its range, a label is not a class of its task, or a
 *   list of labels is given for a task that is not `multiLabel`.
 * @throws DataError that names the file if it cannot be read or decoded, or has a sample that is
 *   not finite.
 */
export async function* soundBatches(
  dataset: Pick<SoundDataset, 'tasks'>,
  clips: SoundClip[],
  options: SoundBatchOptions,
): AsyncGenerator<SoundBatch> {
  requireOptions(dataset, clips, options);
  const { batchSize, mean, std, shuffle, seconds, frontEnd, specAugment, cache, onNote } = options;
  const wanted = taskIndices(dataset, options.tasks);
  const places = wanted.map(({ at }) => at);
  requireLabels('soundBatches', clips, dataset.tasks, places);
  const spectrogram = new Spectrogram(frontEnd);
  requireRate('soundBatches', 'frontEnd.sampleRate', frontEnd.sampleRate);
  const length = windowLength('soundBatches', 'seconds', seconds, spectrogram);
  const frames = spectrogram.frames(length);
  const size = frames * spectrogram.bands;
  const { order, random } = shuffle
    ? epochStreams(clips.length, shuffle)
    : { order: null, random: null };
  const masks = shuffle ? randomStream(shuffle.seed, shuffle.epoch, STREAM_USE.masks) : null;
  for (let start = 0; start < clips.length; start += batchSize) {
    const count = Math.min(batchSize, clips.length - start);
    const spectrograms = new Float32Array(count * size);
    const labels = wanted.map(({ classes }) => new Float32Array(count * classes));
    const files: string[] = [];
    for (let item = 0; item < count; item++) {
      const clip = clips[order ? order[start + item]! : start + item]!;
      files.push(clip.file);
      const samples = await readSound(
        'soundBatches',
        clip.file,
        frontEnd.sampleRate,
        cache,
        onNote,
      );
      const row = spectrograms.subarray(item * size, (item + 1) * size);
      spectrogram.transform(inWindow(samples, length, random), row);
      for (let i = 0; i < size; i++) row[i] = (row[i]! - mean) / std;
      if (specAugment && masks) maskInPlace(row, [frames, spectrogram.bands], specAugment, masks);
      wanted.forEach(({ at, classes }, task) => {
        for (const label of [clip.labels[at]!].flat()) labels[task]![item * classes + label] = 1;
      });
    }
    yield {
      spectrograms: tensor4d(spectrograms, [count, frames, spectrogram.bands, 1]),
      labels: labels.map((values, task) => tensor2d(values, [count, wanted[task]!.classes])),
      files,
    };
  }
}

/**
 * Mean and standard deviation of the spectrogram values over up to `count` evenly spaced clips. If
 * all values are equal, the deviation is 1e-6, so that callers can divide by it.
 *
 * @throws DataError as {@link soundBatches} does, and if a spectrogram value is not finite.
 */
export async function soundStatistics(
  clips: SoundClip[],
  options: Pick<SoundBatchOptions, 'frontEnd' | 'seconds' | 'cache' | 'onNote'>,
  count = 200,
): Promise<{ mean: number; std: number }> {
  requireClips('soundStatistics', clips);
  checkOptions<SoundBatchOptions>('soundStatistics', 'options', options, BATCH_OPTIONS, [
    'frontEnd',
    'seconds',
  ]);
  requireSize('soundStatistics', 'count', count);
  const { frontEnd, seconds, cache, onNote } = options;
  const spectrogram = new Spectrogram(frontEnd);
  requireRate('soundStatistics', 'frontEnd.sampleRate', frontEnd.sampleRate);
  const length = windowLength('soundStatistics', 'seconds', seconds, spectrogram);
  // Welford's method (1962). A difference of large sums would lose a small variance.
  let values = 0;
  let mean = 0;
  let squares = 0;
  const read = Math.min(count, clips.length);
  for (let i = 0; i < read; i++) {
    const { file } = clips[Math.floor((i * clips.length) / read)]!;
    const samples = await readSound('soundStatistics', file, frontEnd.sampleRate, cache, onNote);
    for (const value of spectrogram.transform(inWindow(samples, length, null))) {
      if (!Number.isFinite(value)) {
        throw new DataError(
          `soundStatistics: the spectrogram of ${file} must be finite, got ${value}`,
        );
      }
      values += 1;
      const off = value - mean;
      mean += off / values;
      squares += off * (value - mean);
    }
  }
  // Callers divide by the deviation, so it must not be 0.
  return { mean, std: squares > 0 ? Math.sqrt(squares / values) : 1e-6 };
}

function taskIndices({ tasks }: Pick<SoundDataset, 'tasks'>, names?: string[]) {
  return (names ?? tasks.map(({ name }) => name)).map((name) => {
    const at = tasks.findIndex((task) => task.name === name);
    if (at < 0) {
      throw new ConfigError(
        `soundBatches: tasks must be some of ${tasks.map((task) => task.name).join(', ')}, ` +
          `got '${name}'`,
      );
    }
    return { at, classes: tasks[at]!.classes.length };
  });
}

const requireCache: Check = (fn, name, value) => {
  if (!(value instanceof Map)) refuse(fn, name, 'be a Map', value);
};

const BATCH_OPTIONS: Checks<SoundBatchOptions> = {
  batchSize: requireSize,
  tasks: requireTaskNames,
  frontEnd: requireObject,
  seconds: requireSeconds,
  mean: requireNumber,
  std: requirePositive,
  shuffle: BATCH_CHECKS.shuffle,
  specAugment: requireSpecAugment,
  cache: requireCache,
  onNote: requireFunction,
};

function requireOptions(
  dataset: Pick<SoundDataset, 'tasks'>,
  clips: SoundClip[],
  options: SoundBatchOptions,
): void {
  const op = 'soundBatches';
  requireTasks(op, dataset);
  requireClips(op, clips);
  checkOptions<SoundBatchOptions>(op, 'options', options, BATCH_OPTIONS, [
    'batchSize',
    'frontEnd',
    'seconds',
    'mean',
    'std',
  ]);
  const { specAugment, shuffle } = options;
  if (specAugment && !shuffle) {
    refuse(op, 'specAugment', 'be given together with shuffle, whose seed it uses', specAugment);
  }
}
