import {
  ConfigError,
  refuse,
  requireFunction,
  requireObject,
  requireOptions,
  requirePositive,
} from '@ds/checks';
import type { Tensor } from '@tensorflow/tfjs-core';
import { soundClassified } from './classify-sound.js';
import type { HeardTask } from './heard-tasks.js';
import { requireSeconds } from './require-seconds.js';
import { resamplePieces } from './resample-pieces.js';
import { requireRate, requireSamples } from './resample-sound.js';
import type { SoundInput } from './sound-input.js';
import { soundWindows } from './sound-windows.js';

/** Options of {@link classifyWindows}, in seconds. */
export interface WindowOptions {
  /** Length of a window. Default: the training window. */
  window?: number;
  /** Time from one window's start to the next. Default: half a window. */
  hop?: number;
}

/** What a network predicts for a part of a sound. */
export interface HeardWindow {
  /** Seconds from the beginning of the sound. */
  start: number;
  end: number;
  tasks: HeardTask[];
}

/**
 * Classifies a long sound in overlapping windows, each by `classifySound`. Memory does not grow
 * with the length of the sound. The last window ends with the sound.
 *
 * @param pieces consecutive samples of one channel: those of `wavPieces`, of a microphone, or a
 *   list of arrays.
 * @throws ConfigError as `classifySound` does, and if there is no sample.
 */
export async function* classifyWindows(
  predict: (spectrograms: Tensor) => Tensor | Tensor[],
  pieces: AsyncIterable<Float32Array> | Iterable<Float32Array>,
  sampleRate: number,
  input: SoundInput,
  options: WindowOptions = {},
): AsyncGenerator<HeardWindow> {
  const op = 'classifyWindows';
  requireFunction(op, 'predict', predict);
  const isIterable = Symbol.iterator in Object(pieces) || Symbol.asyncIterator in Object(pieces);
  if (!isIterable) refuse(op, 'pieces', 'be an iterable of Float32Arrays', pieces);
  requireRate(op, 'sampleRate', sampleRate);
  requireObject(op, 'input', input);
  requireSeconds(op, 'input.seconds', input.seconds);
  requireObject(op, 'input.frontEnd', input.frontEnd);
  requireOptions<WindowOptions>(op, 'options', options, {
    window: requireSeconds,
    hop: requirePositive,
  });
  const rate = input.frontEnd.sampleRate;
  requireRate(op, 'input.frontEnd.sampleRate', rate);
  const { window = input.seconds, hop = window / 2 } = options;
  const samplesOf = (seconds: number) => Math.max(1, Math.round(seconds * rate));
  const parts = soundWindows(
    resamplePieces(checkedPieces(pieces), sampleRate, rate),
    rate,
    samplesOf(window),
    samplesOf(hop),
  );
  let count = 0;
  for await (const { start, end, samples } of parts) {
    count += 1;
    yield { start, end, tasks: await soundClassified(op, predict, samples, rate, input) };
  }
  if (count === 0) throw new ConfigError(`${op}: pieces must have at least one sample, got none`);
}

async function* checkedPieces(pieces: AsyncIterable<Float32Array> | Iterable<Float32Array>) {
  let at = 0;
  for await (const piece of pieces) {
    requireSamples('classifyWindows', `pieces[${at}]`, piece);
    at += 1;
    yield piece;
  }
}
