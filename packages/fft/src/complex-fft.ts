import { Bluestein } from './bluestein.js';
import type { ComplexTransform } from './complex-transform.js';
import { isSmooth, MixedRadixFft } from './mixed-radix.js';

/** The forward complex DFT: mixed-radix for smooth lengths, Bluestein's algorithm for others. */
export function complexFft(length: number): ComplexTransform {
  return isSmooth(length) ? new MixedRadixFft(length) : new Bluestein(length);
}
