import type { Picture } from '../workers/image-bytes.js';

/** Cycles per pixel at the edge. Every third pixel can show frequencies up to 1/6. */
const FREQUENCY_AT_EDGE = 0.36;
const DARK = [28, 51, 84];
const BRIGHT = [250, 237, 209];

/**
 * Rings that grow finer and fainter from the middle outwards: a picture that has every frequency in
 * a place of its own.
 */
export function leadRings(side: number): Picture {
  const data = new Uint8ClampedArray(4 * side * side);
  const half = side / 2;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const [y, x] = [(row + 0.5) / half - 1, (column + 0.5) / half - 1];
      const radius = Math.hypot(x, y);
      const contrast = Math.max(0.3, 1 - 0.6 * radius);
      const wave = Math.cos(Math.PI * FREQUENCY_AT_EDGE * half * radius * radius);
      const value = 0.5 + 0.5 * contrast * wave;
      const color = DARK.map((dark, c) => dark + (BRIGHT[c]! - dark) * value);
      data.set([...color, 255], 4 * (row * side + column));
    }
  }
  return { width: side, height: side, data };
}
