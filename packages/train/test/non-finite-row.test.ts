import { useBackend } from '@ds/backend';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOfRow, nonFiniteImages, rowOfCode } from '../src/non-finite-row.js';

const { NaN: none, POSITIVE_INFINITY: infinity } = Number;

describe.each(BACKENDS)('images that are not finite, on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('are marked, from the host or from the device', async () => {
    const rows = [
      [1, 2, 3],
      [0, none, 1],
      [3.4e38, -3.4e38, 1e-45],
      [1, 1, infinity],
      [-infinity, 0, 0],
    ];
    const fresh = tf.tensor3d(rows.flat(), [5, 3, 1]);
    const flags = nonFiniteImages(fresh);
    expect([...(await flags.data())]).toEqual([0, 1, 0, 1, 1]);
    // A kernel's output is on the device, if there is one.
    const made = tf.tidy(() => tf.concat([fresh, fresh], 0));
    const again = nonFiniteImages(made);
    expect([...(await again.data())]).toEqual([0, 1, 0, 1, 1, 0, 1, 0, 1, 1]);
    tf.dispose([fresh, flags, made, again]);
  });

  it('are 0 for integers, and absent for an empty batch', async () => {
    const whole = tf.ones([2, 3], 'int32');
    const empty = tf.zeros([0, 3]);
    const flags = [whole, empty].map(nonFiniteImages);
    expect(flags.map(({ shape }) => shape)).toEqual([[2], [0]]);
    expect([...(await flags[0]!.data())]).toEqual([0, 0]);
    tf.dispose([whole, empty, flags]);
  });
});

describe('a row as a number', () => {
  it('comes back as it was, through float32', () => {
    for (const source of ['images', 'labels', 'logits'] as const) {
      for (const image of [0, 1, 255, 65_535]) {
        expect(rowOfCode(Math.fround(codeOfRow({ image, source })))).toEqual({ image, source });
      }
    }
    expect(rowOfCode(codeOfRow(null))).toBeNull();
  });
});
