import type { RandomStream } from '../random.js';

/**
 * A part of a sound, or the whole sound between zeros: at a random place, or in the middle.
 *
 * Shapes: any number of samples → `length`.
 */
export function inWindow(
  samples: Float32Array,
  length: number,
  random: RandomStream | null,
): Float32Array {
  const room = Math.abs(samples.length - length);
  const offset = random ? Math.floor(random.uniform() * (room + 1)) : Math.floor(room / 2);
  if (samples.length >= length) return samples.subarray(offset, offset + length);
  const window = new Float32Array(length);
  window.set(samples, offset);
  return window;
}
