import type { HalfWaves } from './half-waves.js';
import { type PooledShare, pixels } from './picture-shares.js';

/**
 * The rows ±k and h/2 ± k of a picture, k = from … to − 1, from the sums over the waves of each kind: [3, to − from, w/4 + 1], one after the
 * other. Each four of them, even and odd rows, even and odd columns, tell four values:
 *
 *     at k, c:        (ee + eo) + (oe + oo)          at h/2 − k: the same with − in its middle,
 *     at k, w/2 − c:  (ee − eo) + (oe − oo)          whole for cosines and negative for sines, as across;
 *
 * and the four kinds of waves, a (cosines both), b (sine down), c (sine across) and d (sines both), tell
 * `y(±i, c) = (a ∓ b) − (c ± d)` and `y(±i, w − c) = (a ∓ b) + (c ± d)`.
 */
export function pooledBytes(
  sums: Float32Array[],
  [down, across]: [HalfWaves, HalfWaves],
  [from, to]: [number, number],
  room?: ArrayBuffer,
): PooledShare {
  const { n: height } = down;
  const { n: width, count } = across;
  const slots = new Map<number, number>();
  const slot = (row: number) => {
    const known = slots.get(row);
    if (known !== undefined) return known;
    slots.set(row, slots.size);
    return slots.size - 1;
  };
  const places = Array.from({ length: to - from }, (_, i) => {
    const k = from + i;
    // Rows that tell of themselves only are written twice.
    const far = down.tellsFar ? height / 2 - k : k;
    return [k, (height - k) % height, far, (height - far) % height].map(slot);
  });
  const data = pixels(slots.size * width, room).fill(255);
  const [a00, a01, c00, c01, a10, a11, c10, c11] = sums as Eight;
  const [b00, b01, d00, d01, b10, b11, d10, d11] = sums.slice(8) as Eight;
  for (const [k, rows] of places.entries()) {
    for (let channel = 0; channel < 3; channel++) {
      const [up, under, farUp, farUnder] = rows.map((row) => 4 * row * width + channel) as Four;
      let i = (channel * places.length + k) * count;
      for (let column = 0; column < count; column++, i++) {
        const left = 4 * column;
        const right = column === 0 ? 0 : 4 * (width - column);
        const farLeft = 2 * width - left;
        const farRight = column === 0 ? farLeft : 2 * width + left;
        const a0 = a00[i]! + a01[i]!;
        const a1 = a10[i]! + a11[i]!;
        const b0 = b00[i]! + b01[i]!;
        const b1 = b10[i]! + b11[i]!;
        const c0 = c00[i]! + c01[i]!;
        const c1 = c10[i]! + c11[i]!;
        const d0 = d00[i]! + d01[i]!;
        const d1 = d10[i]! + d11[i]!;
        const farA0 = a00[i]! - a01[i]!;
        const farA1 = a10[i]! - a11[i]!;
        const farB0 = b00[i]! - b01[i]!;
        const farB1 = b10[i]! - b11[i]!;
        const farC0 = c01[i]! - c00[i]!;
        const farC1 = c11[i]! - c10[i]!;
        const farD0 = d01[i]! - d00[i]!;
        const farD1 = d11[i]! - d10[i]!;
        // Far rows first: where nothing tells of them, they lie where the near ones come to lie.
        unfold(data, farUp, farUnder, left, right, a0 - a1, b1 - b0, c0 - c1, d1 - d0);
        unfold(
          data,
          farUp,
          farUnder,
          farLeft,
          farRight,
          farA0 - farA1,
          farB1 - farB0,
          farC0 - farC1,
          farD1 - farD0,
        );
        unfold(data, up, under, left, right, a0 + a1, b0 + b1, c0 + c1, d0 + d1);
        unfold(
          data,
          up,
          under,
          farLeft,
          farRight,
          farA0 + farA1,
          farB0 + farB1,
          farC0 + farC1,
          farD0 + farD1,
        );
      }
    }
  }
  return { width, height, rows: [...slots.keys()], data };
}

type Line = Float32Array;
type Eight = [Line, Line, Line, Line, Line, Line, Line, Line];
type Four = [number, number, number, number];

/** The four combinations of signs, as bytes. */
function unfold(
  data: Uint8ClampedArray,
  up: number,
  under: number,
  left: number,
  right: number,
  a: number,
  b: number,
  c: number,
  d: number,
): void {
  data[up + left] = 255 * (a - b - c - d);
  data[up + right] = 255 * (a - b + c + d);
  data[under + left] = 255 * (a + b - c + d);
  data[under + right] = 255 * (a + b + c - d);
}
