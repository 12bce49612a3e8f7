import type { RandomStream } from '../random.js';

/**
 * Fits a sound to a window: a long sound is cropped, a short one is padded with zeros on both
 * sides. The offset is random or central.
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
