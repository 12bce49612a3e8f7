import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type RandomStream, randomStream } from '@ds/data';
import * as tf from '@tensorflow/tfjs-core';
import { LICENSE } from '../places.js';

/** A text as one number per character. The last tenth is for validation. */
export interface Corpus {
  name: string;
  /** The characters, by number. */
  alphabet: string[];
  train: Int32Array;
  validation: Int32Array;
}

const DEFAULT_TEXT = fileURLToPath(LICENSE);

/**
 * Reads a text.
 *
 * @throws Error if the file cannot be read, or is too short for windows of this length.
 */
export async function readCorpus(file: string | undefined, window: number): Promise<Corpus> {
  const path = file ?? DEFAULT_TEXT;
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new Error(`spans: text must be a file that can be read, got '${path}'`, { cause });
  });
  const characters = [...text.replace(/\s+/g, ' ')];
  const alphabet = [...new Set(characters)].sort();
  const numberOf = new Map(alphabet.map((character, index) => [character, index]));
  const numbers = Int32Array.from(characters, (character) => numberOf.get(character)!);
  const split = Math.floor(0.9 * numbers.length);
  if (numbers.length - split <= window) {
    throw new Error(
      `spans: text must be longer than ${10 * (window + 1)} characters, got ${numbers.length}`,
    );
  }
  return {
    name: file ?? 'LICENSE',
    alphabet,
    train: numbers.subarray(0, split),
    validation: numbers.subarray(split),
  };
}

/** How a model gets positions: from its inputs, or from the distances in attention. */
export type PositionKind = 'absolute' | 'relative';

/** The form of windows of a text. */
export interface WindowOptions {
  /** Characters per window. */
  window: number;
  /** `'absolute'` adds a one-hot position after each one-hot character. */
  positions: PositionKind;
}

/** Windows of a text, and the next character at each position. */
export interface TextBatch {
  /** `[batch, window, alphabet + window]`, or `[batch, window, alphabet]` without positions. */
  inputs: tf.Tensor3D;
  /** `[batch, window, alphabet]`, one-hot. */
  next: tf.Tensor3D;
}

/** Draws windows at random positions. */
export function drawBatch(
  text: Int32Array,
  alphabet: number,
  { batch, random, ...options }: WindowOptions & { batch: number; random: RandomStream },
): TextBatch {
  return windowsAt(
    text,
    alphabet,
    options,
    Array.from({ length: batch }, () => random.integer(0, text.length - options.window - 1)),
  );
}

/** A fixed set of evenly spaced windows of a text. */
export function fixedBatch(text: Int32Array, alphabet: number, options: WindowOptions): TextBatch {
  const last = text.length - options.window - 1;
  const starts = [...new Set([0, 1, 2, 3].map((i) => Math.floor((i * last) / 3)))];
  return windowsAt(text, alphabet, options, starts);
}

function windowsAt(
  text: Int32Array,
  alphabet: number,
  { window, positions }: WindowOptions,
  starts: number[],
): TextBatch {
  const isAbsolute = positions === 'absolute';
  const width = alphabet + (isAbsolute ? window : 0);
  const inputs = new Float32Array(starts.length * window * width);
  const next = new Float32Array(starts.length * window * alphabet);
  starts.forEach((start, b) => {
    for (let t = 0; t < window; t++) {
      const row = b * window + t;
      inputs[row * width + text[start + t]!] = 1;
      if (isAbsolute) inputs[row * width + alphabet + t] = 1;
      next[row * alphabet + text[start + t + 1]!] = 1;
    }
  });
  return {
    inputs: tf.tensor3d(inputs, [starts.length, window, width]),
    next: tf.tensor3d(next, [starts.length, window, alphabet]),
  };
}

/** Random positions in a text, from a seed. */
export function windowStream(seed: number): RandomStream {
  return randomStream(seed, 7);
}
