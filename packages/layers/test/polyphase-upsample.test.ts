import { useBackend } from '@ds/backend';
import { gradientErrors, leakedTensors, relativeError, unitTensor } from '@ds/testing';
import { HOST_BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ApsPool, LpsPool, PolyphaseUpsample } from '../src/index.js';
import { apsGrid, apsPool, polyphaseUpsample } from '../src/ops.js';

/** A circular shift down and to the right. */
function shifted(x: tf.Tensor4D, down: number, right: number): tf.Tensor4D {
  return tf.tidy(() => {
    const around = (image: tf.Tensor4D, axis: number, by: number) => {
      const size = image.shape[axis]!;
      const at = Array.from({ length: size }, (_, i) => (i - by + size) % size);
      return tf.gather(image, tf.tensor1d(at, 'int32'), axis);
    };
    return around(around(x, 1, down), 2, right);
  });
}

describe.each(HOST_BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('shifts exactly with the image, down and up again, by APS and by LPS', () => {
    const aps = new ApsPool({ strides: [2, 3], returnsChoice: true });
    const lps = new LpsPool({ strides: [2, 3], returnsChoice: true, seed: 4 });
    const up = new PolyphaseUpsample({ strides: [2, 3] });
    tf.tidy(() => {
      const x = unitTensor(1, [2, 6, 9, 2]) as tf.Tensor4D;
      for (const pool of [aps, lps]) {
        const through = (image: tf.Tensor4D) =>
          up.apply(pool.apply(image) as tf.Tensor[]) as tf.Tensor4D;
        const y = through(x);
        // The kept grid keeps its pixels at their places.
        const isKept = tf.notEqual(y, 0);
        expect(relativeError(tf.where(isKept, x, tf.zerosLike(x)).dataSync(), y.dataSync())).toBe(
          0,
        );
        for (const [down, right] of [
          [1, 0],
          [0, 1],
          [3, 5],
        ] as const) {
          const moved = through(shifted(x, down, right));
          expect([...moved.dataSync()]).toEqual([...shifted(y, down, right).dataSync()]);
        }
      }
    });
  });
});

describe('the function', () => {
  beforeAll(() => useBackend('wasm'));

  it('takes the grid as an index or as weights, and drops what the padding added', () => {
    tf.tidy(() => {
      const x = unitTensor(2, [3, 5, 4, 2]) as tf.Tensor4D;
      const grid = apsGrid(x, 2);
      const pooled = apsPool(x, 2);
      const y = polyphaseUpsample(pooled, grid, { outputSize: [5, 4] });
      expect(y.shape).toEqual(x.shape);
      const weights = tf.cast(tf.oneHot(grid, 4), 'float32') as tf.Tensor2D;
      const same = polyphaseUpsample(pooled, weights, { outputSize: [5, 4] });
      expect([...same.dataSync()]).toEqual([...y.dataSync()]);
      const choices = grid.dataSync();
      const values = y.arraySync();
      const want = x.arraySync();
      for (const [n, image] of values.entries()) {
        for (const [p, line] of image.entries()) {
          for (const [q, pixel] of line.entries()) {
            const isOnGrid = 2 * (p % 2) + (q % 2) === choices[n];
            expect(pixel).toEqual(isOnGrid ? want[n]![p]![q] : [0, 0]);
          }
        }
      }
      const first = tf.transpose(pooled, [0, 3, 1, 2]) as tf.Tensor4D;
      const other = polyphaseUpsample(first, grid, { dataFormat: 'channelsFirst' });
      expect(other.shape).toEqual([3, 2, 6, 4]);
    });
  });

  it('has the gradient of differences to the image and to the weights', () => {
    tf.tidy(() => {
      const x = unitTensor(3, [2, 2, 2, 1]);
      const weights = unitTensor(4, [2, 4]);
      const op = (image: tf.Tensor, w: tf.Tensor) =>
        polyphaseUpsample(image as tf.Tensor4D, w as tf.Tensor2D);
      for (const error of gradientErrors(op, [x, weights], [0.5, 0.5])) {
        expect(error).toBeLessThan(1e-5);
      }
      const grid = tf.tensor1d([3, 0], 'int32');
      const kept = (image: tf.Tensor) => polyphaseUpsample(image as tf.Tensor4D, grid);
      expect(gradientErrors(kept, [x], [0.5])[0]).toBeLessThan(1e-5);
      expect(leakedTensors(() => kept(x))).toBe(0);
    });
  });

  it('refuses an index of no grid', () => {
    tf.tidy(() => {
      const x = tf.ones([2, 2, 2, 1]) as tf.Tensor4D;
      for (const index of [4, -1]) {
        const choice = tf.tensor1d([0, index], 'int32');
        expect(() => polyphaseUpsample(x, choice)).toThrow(
          `polyphaseUpsample: choice must be indices of grids in 0 … 3, got [0, ${index}]`,
        );
      }
    });
  });

  it('refuses a choice of another batch or type', () => {
    const x = tf.zeros([2, 2, 2, 1]) as tf.Tensor4D;
    expect(() => polyphaseUpsample(x, tf.zeros([2]) as tf.Tensor1D)).toThrow(
      /choice must be int32 of shape \[2\], or float32 of shape \[2,4\]/,
    );
    expect(() => new PolyphaseUpsample().apply(x)).toThrow(/inputs must be \[image, choice\]/);
  });
});

describe('the layer', () => {
  beforeAll(() => useBackend('wasm'));

  it('refuses the symbolic shape of another choice', () => {
    const image = tf.input({ shape: [4, 4, 1] });
    const of = (choice: object) => new PolyphaseUpsample().apply([image, tf.input(choice)]);
    expect(() => of({ shape: [9] })).toThrow(
      'PolyphaseUpsample: choice must have shape [batch, 4] or [batch], got [null, 9]',
    );
    expect(() => of({ shape: [4, 1] })).toThrow('[batch], got [null, 4, 1]');
    for (const shape of [[4], [null], []]) expect(of({ shape })).toBeDefined();
  });

  it('trains the scoring network through the choice, and has the size of the reference', () => {
    const image = tf.input({ shape: [5, 6, 2] });
    const pool = new LpsPool({ returnsChoice: true, seed: 3, name: 'lps' });
    const [pooled, choice] = pool.apply(image) as tf.SymbolicTensor[];
    const up = new PolyphaseUpsample().apply([pooled!, choice!, image]) as tf.SymbolicTensor;
    expect(up.shape).toEqual([null, 5, 6, 2]);
    tf.tidy(() => {
      const x = unitTensor(5, [2, 5, 6, 2]);
      const model = tf.model({ inputs: image, outputs: up });
      const loss = () =>
        tf.sum(tf.square(model.apply(x, { training: true }) as tf.Tensor)) as tf.Scalar;
      const { grads } = tf.variableGrads(loss);
      const norms = Object.values(grads).map((grad) => tf.norm(grad).dataSync()[0]!);
      expect(norms.length).toBe(4);
      expect(norms[0]).toBeGreaterThan(0);
    });
    pool.dispose();
  });
});
