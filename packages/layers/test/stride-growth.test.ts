import { useBackend } from '@ds/backend';
import {
  type GoldenTensor,
  imageTensor,
  imageValues,
  leakedTensors,
  readGolden,
  relativeError,
  unitTensor,
} from '@ds/testing';
import { HOST_BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { DiffStride } from '../src/index.js';
import { diffStride, diffStride1d, diffStride3d } from '../src/ops.js';

const FLOAT32 = 2e-5;

interface Case {
  case: string;
  params: { strides: [number, number]; smoothness: number; outputSize: [number, number] };
  input: GoldenTensor;
  upstream: GoldenTensor;
  output: GoldenTensor;
  grads: { input: GoldenTensor; strides: GoldenTensor };
}
const goldens = readGolden<Case>(new URL('fixtures/grown_stride.json', import.meta.url)).cases;

const free = { lowerLimit: 0.5, norm: 'forward' } as const;

describe.each(HOST_BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(goldens.map((c) => [c.case, c] as const))(
    '%s: output and gradients match the golden numbers, on both paths',
    (_, { params, input, upstream, output, grads }) => {
      tf.tidy(() => {
        for (const path of ['matrices', 'fft'] as const) {
          const op = (x: tf.Tensor, strides: tf.Tensor) =>
            diffStride(x as tf.Tensor4D, strides as tf.Tensor1D, {
              ...free,
              smoothness: params.smoothness,
              path,
            });
          const given = [imageTensor(input), tf.tensor1d(params.strides)];
          const { value, grads: found } = tf.valueAndGrads(op)(given, imageTensor(upstream));
          expect(value.shape.slice(1, 3)).toEqual(params.outputSize);
          expect(relativeError(imageValues(value), output.data)).toBeLessThan(FLOAT32);
          expect(relativeError(imageValues(found[0]!), grads.input.data)).toBeLessThan(FLOAT32);
          expect(relativeError(found[1]!.dataSync(), grads.strides.data)).toBeLessThan(FLOAT32);
        }
      });
    },
  );

  it('is continuous at stride 1, and the same as without growth above it', () => {
    tf.tidy(() => {
      // 8 channels run the kernels of the backend at strides >= 1.
      const x = unitTensor(1, [1, 9, 10, 8]) as tf.Tensor4D;
      const at = (strides: [number, number], options: object = free) =>
        diffStride(x, strides, { ...options, norm: 'forward' });
      for (const strides of [
        [1, 1],
        [1.7, 1],
        [2.5, 1.2],
      ] as [number, number][]) {
        expect([...at(strides).dataSync()]).toEqual([...at(strides, {}).dataSync()]);
      }
      const below = at([0.9999, 0.9999]);
      expect(below.shape).toEqual(at([1, 1]).shape);
      expect(relativeError(below.dataSync(), at([1, 1]).dataSync())).toBeLessThan(1e-4);
      // With this upper limit the whole band passes at stride 1, and so it does below.
      const limited = { ...free, upperLimit: 1 };
      const [one, less] = [at([1, 1], limited), at([0.9999, 0.9999], limited)];
      expect(relativeError(less.dataSync(), one.dataSync())).toBeLessThan(1e-4);
      // One axis shrinks while the other grows.
      expect(at([2.5, 0.5]).shape.slice(1, 3)).toEqual([at([2.5, 1]).shape[1], 20]);
    });
  });
});

describe('the function', () => {
  beforeAll(() => useBackend('wasm'));

  it('enlarges sounds as images of one row, and volumes as their slices', () => {
    tf.tidy(() => {
      const options = { ...free, smoothness: 1.5 };
      const stride = tf.tensor1d([0.7]);
      for (const path of ['matrices', 'fft'] as const) {
        const sound = unitTensor(5, [2, 11, 3]) as tf.Tensor3D;
        const ofSound = tf.valueAndGrads((x, s) =>
          diffStride1d(x as tf.Tensor3D, s as tf.Tensor1D, { ...options, path }),
        )([sound, stride]);
        const ofRow = tf.valueAndGrads((x, s) => {
          const row = tf.reshape(x, [2, 1, 11, 3]) as tf.Tensor4D;
          return diffStride(row, tf.concat([tf.tensor1d([1]), s as tf.Tensor1D]), {
            ...options,
            path,
          });
        })([sound, stride]);
        expect(ofSound.value.shape).toEqual([2, 16, 3]);
        const pairs = [
          [ofSound.value, ofRow.value],
          [ofSound.grads[0]!, ofRow.grads[0]!],
          [ofSound.grads[1]!, ofRow.grads[1]!],
        ] as const;
        for (const [found, expected] of pairs) {
          expect(relativeError(found.dataSync(), expected.dataSync())).toBeLessThan(FLOAT32);
        }
      }
      const volume = unitTensor(6, [1, 5, 7, 8, 2]) as tf.Tensor5D;
      const planes = tf.reshape(volume, [5, 7, 8, 2]) as tf.Tensor4D;
      // A hard crop at stride 1 keeps all frequencies of an odd depth.
      const hard = { ...free, smoothness: 0 };
      const grown = diffStride3d(volume, [1, 0.6, 1.6], { ...hard, alignment: 'symmetric' });
      const slices = diffStride(planes, [0.6, 1.6], { ...hard, alignment: 'symmetric' });
      expect(grown.shape.slice(1)).toEqual(slices.shape);
      expect(relativeError(grown.dataSync(), slices.dataSync())).toBeLessThan(FLOAT32);
    });
  });

  it('keeps constant images at norm forward, and leaks nothing', () => {
    tf.tidy(() => {
      const y = diffStride(tf.ones([1, 6, 8, 1]), 0.5, { ...free, alignment: 'symmetric' });
      expect(y.shape).toEqual([1, 12, 16, 1]);
      for (const value of y.dataSync()) expect(value).toBeCloseTo(1, 5);
      expect(leakedTensors(() => diffStride(tf.ones([1, 6, 8, 8]), 0.5, free))).toBe(1);
    });
  });

  it('takes the size from outputSize where strides cannot be read, and keeps it uncropped', () => {
    tf.tidy(() => {
      const x = unitTensor(4, [1, 6, 8, 2]) as tf.Tensor4D;
      const strides = tf.tensor1d([0.5, 0.8]);
      const y = diffStride(x, strides, free);
      const sized = diffStride(x, strides, { ...free, outputSize: [12, 10] });
      expect([...sized.dataSync()]).toEqual([...y.dataSync()]);
      expect(diffStride(x, strides, { ...free, cropping: false }).shape).toEqual(x.shape);
      expect(() => diffStride(x, strides, { outputSize: [12, 10] })).toThrow(/outputSize/);
    });
  });

  it('refuses strides below its limit', () => {
    const x = tf.zeros([1, 6, 8, 2]) as tf.Tensor4D;
    expect(() => diffStride(x, 0.9)).toThrow('diffStride: strides must be >= 1, got [0.9, 0.9]');
    expect(() => diffStride(x, 0.4, free)).toThrow('strides must be >= 0.5');
    expect(() => diffStride(x, tf.tensor1d([0.4]), free)).toThrow('strides must be >= 0.5');
    expect(() => diffStride(x, 1, { lowerLimit: 0.1 })).toThrow('lowerLimit must be >= 0.125');
    expect(() => new DiffStride({ strides: 0.5 })).toThrow('DiffStride: strides must be >= 1');
    x.dispose();
  });
});

describe('the layer', () => {
  beforeAll(() => useBackend('wasm'));

  it('learns to enlarge a map, and gives its size, cost and matrices', () => {
    const layer = new DiffStride({ strides: 1.02, lowerLimit: 0.5, norm: 'forward' });
    tf.tidy(() => {
      const x = unitTensor(8, [2, 8, 8, 2]) as tf.Tensor4D;
      layer.apply(x);
      const optimizer = tf.train.sgd(2);
      // Energy near the end of the band is wanted, so the strides fall.
      const loss = () => tf.neg(tf.mean(tf.square(layer.apply(x) as tf.Tensor))) as tf.Scalar;
      for (let step = 0; step < 12; step++) optimizer.minimize(loss);
      expect(Math.max(...layer.strides)).toBeLessThan(0.9);
      const y = layer.apply(x) as tf.Tensor4D;
      expect(layer.outputSize([8, 8])).toEqual(y.shape.slice(1, 3));
      expect(y.shape[1]).toBeGreaterThan(8);
      const [, h, w] = y.shape;
      const cheaper = Math.min(h * 8 * (8 + w), w * 8 * (8 + h));
      expect(layer.multiplyAdds(y.shape.slice(1), [8, 8, 2])).toBeGreaterThanOrEqual(2 * cheaper);
      expect(layer.matrices([8, 8]).rows.shape).toEqual([y.shape[1], 8]);
      expect(layer.reductionNote([8, 8])).toBeNull();
    });
    layer.strideVariable!.dispose();
  });
});
