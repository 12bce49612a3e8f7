import { useBackend } from '@ds/backend';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { leadRings } from '../src/panels/lead-rings.js';
import { valuesOf } from '../src/workers/image-bytes.js';
import { leadApi } from '../src/workers/lead-api.js';

const SIDE = 30;
const STRIDE = 3;
const SMALL = SIDE / STRIDE;

beforeAll(() => useBackend('wasm'));

/** The spectrum of a plane by the definition, at row and column frequencies ky, kx. */
function amplitude(plane: (row: number, column: number) => number, side: number) {
  return (ky: number, kx: number) => {
    let [re, im] = [0, 0];
    for (let row = 0; row < side; row++) {
      for (let column = 0; column < side; column++) {
        const turn = (-2 * Math.PI * (ky * row + kx * column)) / side;
        re += plane(row, column) * Math.cos(turn);
        im += plane(row, column) * Math.sin(turn);
      }
    }
    return [re / side ** 2, im / side ** 2] as const;
  };
}

/** The error of a shrunk plane that is enlarged by trigonometric interpolation. */
function errorOf(
  whole: (row: number, column: number) => number,
  small: (row: number, column: number) => number,
): [number, number] {
  const spectrum = amplitude(small, SMALL);
  const half = SMALL / 2;
  const terms: [number, number, number, number][] = [];
  for (let ky = -half; ky <= half; ky++) {
    for (let kx = -half; kx <= half; kx++) {
      // Each Nyquist frequency is shared by both signs.
      const share = (Math.abs(ky) === half ? 0.5 : 1) * (Math.abs(kx) === half ? 0.5 : 1);
      const [re, im] = spectrum(ky, kx);
      terms.push([ky, kx, share * re, share * im]);
    }
  }
  let [lost, all] = [0, 0];
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      let value = 0;
      for (const [ky, kx, re, im] of terms) {
        const turn = (2 * Math.PI * (ky * row + kx * column)) / SIDE;
        value += re * Math.cos(turn) - im * Math.sin(turn);
      }
      lost += (value - whole(row, column)) ** 2;
      all += whole(row, column) ** 2;
    }
  }
  return [lost, all];
}

it('compares errors as their definition does, and says what is kept', async () => {
  const rings = leadRings(SIDE);
  const values = valuesOf(rings);
  const before = tf.memory().numTensors;
  const found = await leadApi.compare(rings, STRIDE);
  expect(tf.memory().numTensors).toBe(before);
  expect(found.kept).toBeCloseTo(1 / 9, 12);
  const of = (shrink: (at: (row: number, column: number) => number) => typeof at) => {
    let [lost, all] = [0, 0];
    for (let c = 0; c < 3; c++) {
      const at = (row: number, column: number) => values[3 * (row * SIDE + column) + c]!;
      const [l, a] = errorOf(at, shrink(at));
      lost += l;
      all += a;
    }
    return Math.sqrt(lost / all);
  };
  const block = [0, 1, 2].flatMap((row) => [0, 1, 2].map((column) => [row, column] as const));
  expect(found.subsample.error).toBeCloseTo(
    of((at) => (row, column) => at(STRIDE * row, STRIDE * column)),
    4,
  );
  expect(found.max.error).toBeCloseTo(
    of(
      (at) => (row, column) =>
        Math.max(...block.map(([r, c]) => at(STRIDE * row + r, STRIDE * column + c))),
    ),
    4,
  );
  expect(found.diffstride.error).toBeGreaterThan(0);
});

it('keeps nothing if it fails', async () => {
  const before = tf.memory().numTensors;
  // 4 divides no side of 30.
  await expect(leadApi.compare(leadRings(SIDE), 4)).rejects.toThrow('outputSize');
  expect(tf.memory().numTensors).toBe(before);
});

it('finds DiffStride’s error the smallest, on the rings of the page', async () => {
  const { subsample, max, diffstride } = await leadApi.compare(leadRings(288), 3);
  expect(diffstride.error).toBeLessThan(0.8 * subsample.error);
  expect(subsample.error).toBeLessThan(0.9 * max.error);
  // No bright ring is left where the picture is only fine: in the corner it is flat.
  const corner = (data: Uint8ClampedArray) => {
    const reds = Array.from(
      { length: 400 },
      (_, i) => data[4 * (Math.floor(i / 20) * 288 + (i % 20))]!,
    );
    return Math.max(...reds) - Math.min(...reds);
  };
  expect(corner(diffstride.picture.data)).toBeLessThan(30);
  expect(corner(subsample.picture.data)).toBeGreaterThan(50);
});
