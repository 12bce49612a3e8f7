import { useBackend } from '@ds/backend';
import { gradientErrors, leakedTensors, relativeError, unitTensor } from '@ds/testing';
import { HOST_BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { FractionalAvgPool, FractionalMaxPool, FractionalUnpool } from '../src/index.js';
import { fractionalAvgPool, fractionalMaxPool, fractionalUnpool } from '../src/ops.js';

/** Max-unpooling by loops: `[H, W]` values of the channels of one image. */
function byLoops(
  x: number[][],
  reference: number[][],
  rows: number[],
  columns: number[],
  extra: number,
): number[] {
  const [height, width] = [reference.length, reference[0]!.length];
  const y = new Array<number>(height * width).fill(0);
  for (const [i, line] of x.entries()) {
    for (const [j, value] of line.entries()) {
      let best: [number, number] = [rows[i]!, columns[j]!];
      for (let p = rows[i]!; p < Math.min(rows[i + 1]! + extra, height); p++) {
        for (let q = columns[j]!; q < Math.min(columns[j + 1]! + extra, width); q++) {
          if (reference[p]![q]! > reference[best[0]]![best[1]]!) best = [p, q];
        }
      }
      y[best[0] * width + best[1]]! += value;
    }
  }
  return y;
}

describe.each(HOST_BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([false, true])('puts values at the first maxima (overlapping: %s)', (overlapping) => {
    tf.tidy(() => {
      // Whole numbers from 0 to 3 have many ties.
      const reference = tf.round(tf.mul(unitTensor(3, [2, 7, 9, 2]), 3)) as tf.Tensor4D;
      const options = { ratio: [1.6, 1.3] as [number, number], seed: 5, overlapping };
      const { output, rows, columns } = fractionalMaxPool(reference, options);
      const x = unitTensor(4, output.shape) as tf.Tensor4D;
      const y = fractionalUnpool(x, reference, { ...options, kind: 'max' });
      const plane = (t: tf.Tensor, n: number, c: number) =>
        (tf.squeeze(tf.slice(t, [n, 0, 0, c], [1, -1, -1, 1]), [0, 3]) as tf.Tensor2D).arraySync();
      for (const [n, c] of [
        [0, 1],
        [1, 0],
      ] as const) {
        const want = byLoops(plane(x, n, c), plane(reference, n, c), rows, columns, +overlapping);
        expect(relativeError(plane(y, n, c).flat(), want)).toBeLessThan(1e-6);
      }
    });
  });

  it('puts infinity and NaN at the maximum, and 0 elsewhere', () => {
    tf.tidy(() => {
      const reference = tf.tensor4d([1, 2, 4, 3], [1, 1, 4, 1]);
      const x = tf.tensor4d([Number.POSITIVE_INFINITY, Number.NaN], [1, 1, 2, 1]);
      const regions = { rows: [0, 1], columns: [0, 2, 4] };
      const y = fractionalUnpool(x, reference, { ...regions, kind: 'max' });
      expect([...y.dataSync()]).toEqual([0, Number.POSITIVE_INFINITY, Number.NaN, 0]);
    });
  });

  it('returns the pooled values after pooling again', () => {
    tf.tidy(() => {
      const reference = unitTensor(1, [1, 9, 8, 2]) as tf.Tensor4D;
      const { output, rows, columns } = fractionalAvgPool(reference, { ratio: 1.5, seed: 2 });
      const spread = fractionalUnpool(output, reference, { rows, columns });
      const again = fractionalAvgPool(spread, { rows, columns }).output;
      expect(relativeError(again.dataSync(), output.dataSync())).toBeLessThan(1e-6);
      const flat = fractionalUnpool(tf.onesLike(output), reference, {
        rows,
        columns,
        overlapping: true,
      });
      for (const value of flat.dataSync()) expect(value).toBeCloseTo(1, 6);
    });
  });
});

describe('the function and the layer', () => {
  beforeAll(() => useBackend('wasm'));

  it('have the gradient of differences, and leak nothing', () => {
    tf.tidy(() => {
      const reference = unitTensor(2, [1, 5, 4, 1]) as tf.Tensor4D;
      for (const kind of ['max', 'average'] as const) {
        const op = (x: tf.Tensor) =>
          fractionalUnpool(x as tf.Tensor4D, reference, {
            kind,
            outputSize: [3, 2],
            seed: 1,
            overlapping: true,
          });
        const x = unitTensor(3, [1, 3, 2, 1]);
        expect(gradientErrors(op, [x], [0.5])[0]).toBeLessThan(1e-5);
        expect(leakedTensors(() => op(x))).toBe(0);
      }
    });
  });

  it('replay the regions of the partner, step by step', () => {
    const partner = new FractionalMaxPool({ ratio: 1.5, seed: 7 });
    const layer = new FractionalUnpool({ partner });
    tf.tidy(() => {
      const x = unitTensor(9, [1, 12, 11, 2]) as tf.Tensor4D;
      for (const training of [true, true, false]) {
        const pooled = partner.apply(x, { training }) as tf.Tensor4D;
        const y = layer.apply([pooled, x], { training }) as tf.Tensor4D;
        // The maxima stay where they are, and all other pixels are 0.
        const kept = tf.sum(tf.cast(tf.equal(y, x), 'int32')).dataSync()[0];
        expect(kept).toBe(pooled.size);
        expect(tf.sum(tf.cast(tf.notEqual(y, 0), 'int32')).dataSync()[0]).toBe(pooled.size);
      }
    });
    expect(layer.draws).toBe(2);
    const { seed, kind, ratio } = layer.getConfig();
    expect({ seed, kind, ratio }).toEqual({ seed: 7, kind: 'max', ratio: 1.5 });
    const avg = new FractionalUnpool({ partner: new FractionalAvgPool({ outputSize: 3 }) });
    expect(avg.getConfig()).toMatchObject({ kind: 'average', outputSize: 3 });
    expect(
      avg.computeOutputShape([
        [null, 3, 3, 2],
        [null, 7, null, 2],
      ] as never),
    ).toEqual([null, 7, null, 2]);
  });

  it('replay the regions of a partner that another model applies too, and trains', () => {
    const partner = new FractionalAvgPool({ seed: 1 });
    const layer = new FractionalUnpool({ partner });
    const [image, other] = [tf.input({ shape: [12, 12, 1] }), tf.input({ shape: [12, 12, 1] })];
    const pooled = partner.apply(image) as tf.SymbolicTensor;
    const outputs = [layer.apply([pooled, image]), pooled] as tf.SymbolicTensor[];
    const model = tf.model({ inputs: image, outputs });
    const shorter = partner.apply(other) as tf.SymbolicTensor;
    const encoder = tf.model({ inputs: other, outputs: shorter });
    tf.tidy(() => {
      const x = unitTensor(3, [1, 12, 12, 1]);
      const drawn = Array.from({ length: 4 }, (_, at) => {
        if (at === 2) encoder.apply(x, { training: true });
        const [y, z] = model.apply(x, { training: true }) as tf.Tensor[];
        // Means over disjoint regions keep the sum.
        expect(tf.sub(tf.sum(y!), tf.sum(x)).dataSync()[0]).toBeCloseTo(0, 4);
        return z!.dataSync().join();
      });
      expect(new Set(drawn).size).toBe(4);
      // A twin without its partner counts the same draws.
      const twin = new FractionalUnpool(layer.getConfig());
      twin.draws = layer.draws;
      const [y, z] = model.apply(x, { training: true }) as tf.Tensor[];
      const again = twin.apply([z!, x], { training: true }) as tf.Tensor;
      expect([...again.dataSync()]).toEqual([...y!.dataSync()]);
    });
  });

  it('replay one step in all branches of a model', () => {
    const partner = new FractionalMaxPool({ seed: 2 });
    const layer = new FractionalUnpool({ partner });
    const inputs = [tf.input({ shape: [9, 9, 1] }), tf.input({ shape: [9, 9, 1] })];
    const outputs = inputs.map(
      (x) => layer.apply([partner.apply(x) as tf.SymbolicTensor, x]) as tf.SymbolicTensor,
    );
    const branches = tf.model({ inputs, outputs });
    tf.model({ inputs: inputs[0]!, outputs: outputs[0]! });
    tf.tidy(() => {
      const x = unitTensor(4, [1, 9, 9, 1]);
      for (const step of [1, 2]) {
        const [y, z] = branches.apply([x, x], { training: true }) as tf.Tensor[];
        expect([...y!.dataSync()]).toEqual([...z!.dataSync()]);
        expect([partner.draws, layer.draws]).toEqual([step, step]);
      }
    });
  });

  it('refuse the symbolic shape of another image', () => {
    const layer = new FractionalUnpool({ outputSize: [3, 4] });
    const reference = tf.input({ shape: [8, null, 2] });
    const of = (shape: (number | null)[]) => layer.apply([tf.input({ shape }), reference]);
    for (const shape of [
      [3, 4, 3],
      [2, 4, 2],
      [3, 5, null],
    ]) {
      expect(() => of(shape)).toThrow(
        'FractionalUnpool: the image must have the shape [null, 3, 4, 2] of the pooled reference, ' +
          `got [null, ${shape.map(String).join(', ')}]`,
      );
    }
    expect((of([3, null, null]) as tf.SymbolicTensor).shape).toEqual([null, 8, null, null]);
  });

  it('have matrices if they are linear', () => {
    const layer = new FractionalUnpool({ ratio: 1.5, seed: 3 });
    tf.tidy(() => {
      const x = unitTensor(4, [1, 4, 5, 1]) as tf.Tensor4D;
      const reference = tf.zeros([1, 6, 8, 1]) as tf.Tensor4D;
      const { rows, columns } = layer.matrices!([4, 5], [6, 8]);
      const plane = tf.reshape(x, [4, 5]);
      const y = tf.matMul(tf.matMul(rows, plane), columns, false, true);
      const direct = layer.apply([x, reference]) as tf.Tensor;
      expect(relativeError(y.dataSync(), direct.dataSync())).toBeLessThan(1e-6);
    });
    expect(new FractionalUnpool({ kind: 'max' }).matrices).toBeUndefined();
    expect(new FractionalUnpool({ samples: 2 }).matrices).toBeUndefined();
  });

  it('refuse other shapes, a missing seed, and a partner with its own options', () => {
    const reference = tf.zeros([1, 6, 6, 1]) as tf.Tensor4D;
    const x = tf.zeros([1, 2, 3, 1]) as tf.Tensor4D;
    expect(() => fractionalUnpool(x, reference, { outputSize: 3, seed: 1 })).toThrow(
      /x must have the shape \[1,3,3,1\] of the pooled reference/,
    );
    expect(() => fractionalUnpool(x, reference, { outputSize: [2, 3] })).toThrow(/seed must be/);
    const partner = new FractionalMaxPool();
    expect(() => new FractionalUnpool({ partner, seed: 3 })).toThrow(/seed must not be given/);
    expect(() => new FractionalUnpool({ partner: 'x' as never })).toThrow(/partner must be a/);
    expect(() => new FractionalUnpool({ outputSize: 0 })).toThrow(/outputSize must be integers/);
    expect(() => new FractionalUnpool({ ratio: 2, outputSize: 3 })).toThrow(/at most one of ratio/);
    expect(() => new FractionalUnpool().apply(x)).toThrow(/\[image, reference\]/);
    tf.dispose([reference, x]);
  });
});
