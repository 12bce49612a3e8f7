import { useBackend } from '@ds/backend';
import { horizontalMask, keptIndices, verticalMask } from '@ds/masks';
import {
  type GoldenTensor,
  gradientErrors,
  imageTensor,
  imageValues,
  leakedTensors,
  readGolden,
  relativeError,
  unitTensor,
} from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type DiffStrideOptions, diffStride } from '../src/ops.js';
import { fftChain } from './fft-chain.js';

/** The tolerance of the golden numbers in float32: relative L2 of outputs and gradients. */
const FLOAT32 = 2e-5;
/** Distance from a kink of the mask. Closer positions are not compared, since rounding decides. */
const KINK = 1e-4;

interface DiffStrideCase {
  case: string;
  params: {
    smoothness: number;
    cropping: boolean;
    shared: boolean;
    lowerLimit: number | null;
    upperLimit: number | null;
    stridesAfter: number[];
    outputShape: [number, number];
    kinkDistance: number;
  };
  input: GoldenTensor;
  upstream: GoldenTensor;
  output: GoldenTensor;
  grads: { input: GoldenTensor; strides: GoldenTensor };
}
const goldens = readGolden<DiffStrideCase>(
  new URL('fixtures/diffstride.json', import.meta.url),
).cases;

function optionsOf({ params }: DiffStrideCase): DiffStrideOptions {
  return {
    smoothness: params.smoothness,
    cropping: params.cropping,
    ...(params.lowerLimit === null ? {} : { lowerLimit: params.lowerLimit }),
    ...(params.upperLimit === null ? {} : { upperLimit: params.upperLimit }),
    alignment: 'published',
    norm: 'backward',
  };
}

describe.each(BACKENDS)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(goldens.map((c) => [c.case, c] as const))(
    '%s: output and gradients match the golden numbers',
    (_, golden) => {
      const { kinkDistance, outputShape, stridesAfter } = golden.params;
      tf.tidy(() => {
        const x = imageTensor(golden.input);
        const upstream = imageTensor(golden.upstream);
        const strides = tf.tensor1d(stridesAfter);
        const options = optionsOf(golden);
        const y = diffStride(x, strides, options);
        expect(y.shape.slice(1, 3)).toEqual(outputShape);
        expect(relativeError(imageValues(y), golden.output.data)).toBeLessThan(FLOAT32);
        const [dx, ds] = tf.grads((image: tf.Tensor, s: tf.Tensor) =>
          tf.sum(tf.mul(diffStride(image as tf.Tensor4D, s as tf.Tensor1D, options), upstream)),
        )([x, strides]);
        expect(relativeError(imageValues(dx!), golden.grads.input.data)).toBeLessThan(FLOAT32);
        // An integer kink is exact in float32. It is compared too, because the clip is inclusive.
        if (kinkDistance > KINK || kinkDistance === 0) {
          expect(relativeError(ds!.dataSync(), golden.grads.strides.data)).toBeLessThan(FLOAT32);
        }
      });
    },
  );

  it('shrinks (1, 64, 64, 3) by strides (2, 4) to (1, 40, 24, 3), as published', () => {
    tf.tidy(() => {
      const y = diffStride(tf.zeros([1, 64, 64, 3]), tf.tensor1d([2, 4]));
      expect(y.shape).toEqual([1, 40, 24, 3]);
    });
  });

  it.each([
    [2.3, [2.3, 2.3]],
    [
      [1.5, 2.2],
      [1.5, 2.2],
    ],
  ] as [number | [number, number], number[]][])('takes strides %j as numbers', (given, both) => {
    const x = unitTensor(3, [1, 12, 10, 2]) as tf.Tensor4D;
    const options = { smoothness: 1 };
    tf.tidy(() => {
      const want = diffStride(x, tf.tensor1d(both), options);
      const got = diffStride(x, given, options);
      expect(got.shape).toEqual(want.shape);
      expect([...got.dataSync()]).toEqual([...want.dataSync()]);
    });
    expect(leakedTensors(() => diffStride(x, given, options))).toBe(0);
    const below = () => diffStride(x, [0.5, 2]);
    expect(below).toThrow('diffStride: strides must be >= 1, got [0.5, 2]');
    x.dispose();
  });

  const sizes: [number, number][] = [
    [1, 1],
    [1, 7],
    [5, 1],
    [2, 2],
    [6, 9],
    [13, 11],
    [16, 10],
  ];
  for (const alignment of ['published', 'symmetric'] as const) {
    for (const cropping of [true, false]) {
      it(`matches the FFT chain (${alignment}, ${cropping ? 'cropped' : 'uncropped'})`, () => {
        tf.tidy(() => {
          for (const [height, width] of sizes) {
            for (const [sh, sw, smoothness] of [
              [1.3, 2.1, 1.5],
              [2.6, 1.1, 3],
              [9, 9, 0.5],
              [1.2, 1.4, 9], // the smoothness is at least the width of some images
            ] as const) {
              const x = unitTensor(height * 31 + width, [2, height, width, 3]) as tf.Tensor4D;
              const options = { smoothness, alignment, cropping, norm: 'ortho' } as const;
              const y = diffStride(x, tf.tensor1d([sh, sw]), options);
              // The effective strides by definition, raised if the ramp would not fit.
              const raised = (stride: number, n: number) =>
                n > smoothness
                  ? Math.max(stride, n / (n - smoothness))
                  : n === smoothness
                    ? 1e30
                    : stride;
              const rows = verticalMask(height, tf.scalar(raised(sh, height)), smoothness, {
                alignment,
              });
              const columns = horizontalMask(width, tf.scalar(raised(sw, width)), smoothness);
              const kept = cropping
                ? { rows: keptIndices(rows), columns: keptIndices(columns) }
                : { rows: [...Array(height).keys()], columns: [...Array(columns.size).keys()] };
              const size: [number, number] = [
                kept.rows.length,
                Math.max(1, 2 * (kept.columns.length - 1)),
              ];
              const want = fftChain(x, { rows, columns }, kept, size, 'ortho');
              expect(y.shape).toEqual(want.shape);
              expect(relativeError(y.dataSync(), want.dataSync())).toBeLessThan(FLOAT32);
            }
          }
        });
      });
    }
  }

  it('has the gradients of finite differences in the image and the strides', () => {
    tf.tidy(() => {
      for (const [height, width] of [
        [8, 8],
        [7, 9],
        [12, 5],
      ] as const) {
        for (const alignment of ['published', 'symmetric'] as const) {
          const op = (x: tf.Tensor, s: tf.Tensor) =>
            diffStride(x as tf.Tensor4D, s as tf.Tensor1D, { smoothness: 1.3, alignment });
          const x = unitTensor(height, [1, height, width, 2]);
          const [dx, ds] = gradientErrors(op as never, [x, tf.tensor1d([2.31, 1.87])], [0.5, 5e-3]);
          expect(dx).toBeLessThan(1e-5);
          expect(ds).toBeLessThan(1e-2); // curvature of 1/S over the step, float32 differences
        }
      }
    });
  });

  it('adds the gradients of both axes for a shared stride', () => {
    tf.tidy(() => {
      const x = unitTensor(5, [1, 12, 12, 1]) as tf.Tensor4D;
      const loss = (s: tf.Tensor) => tf.sum(tf.square(diffStride(x, s as tf.Tensor1D)));
      const shared = tf
        .grad(loss)(tf.tensor1d([2.3]))
        .dataSync();
      const both = tf
        .grad(loss)(tf.tensor1d([2.3, 2.3]))
        .dataSync();
      expect(shared[0]).toBeCloseTo(both[0]! + both[1]!, 4);
    });
  });

  // WebGPU has a kernel for it. diff-stride-kernel.test.ts compares the kernel with this.
  it.skipIf(backend === 'webgpu')(
    'at strides equal to both limits, has the gradient without limits',
    () => {
      tf.tidy(() => {
        const x = unitTensor(5, [1, 12, 10, 8]) as tf.Tensor4D;
        const slope = (strides: number[], options: DiffStrideOptions) => [
          ...tf
            .grad((s) => tf.sum(tf.square(diffStride(x, s as tf.Tensor1D, options))))(
              tf.tensor1d(strides),
            )
            .dataSync(),
        ];
        const fixed = { smoothness: 2, lowerLimit: 2.3, upperLimit: 2.3 };
        const free = slope([2.3, 2.3], { smoothness: 2 });
        expect(free.every((d) => d !== 0)).toBe(true);
        expect(relativeError(slope([2.3, 2.3], fixed), free)).toBeLessThan(1e-6);
        expect(slope([2.2, 2.4], fixed).map(Math.abs)).toEqual([0, 0]);
        expect(slope([2.3], fixed)[0]).toBeCloseTo(free[0]! + free[1]!, 4);
      });
    },
  );

  it('has the output size of its masks, even for a frequency close to the edge', () => {
    tf.tidy(() => {
      const near = (value: number) => [value, value * (1 - 2 ** -23), value * (1 + 2 ** -23)];
      for (const size of [10, 14]) {
        const image = tf.ones([1, size, size, 1]) as tf.Tensor4D;
        for (const distance of [3, 4]) {
          for (const stride of near(size / (2 * distance)).map(Math.fround)) {
            const strides = tf.tensor1d([stride]);
            const rows = verticalMask(size, tf.scalar(stride), 0, { alignment: 'symmetric' });
            const columns = horizontalMask(size, tf.scalar(stride), 0);
            const y = diffStride(image, strides, { smoothness: 0, alignment: 'symmetric' });
            const want = [keptIndices(rows).length, 2 * (keptIndices(columns).length - 1)];
            expect(y.shape.slice(1, 3)).toEqual(want);
          }
        }
      }
    });
  });

  it('keeps a constant image under norm forward', () => {
    tf.tidy(() => {
      const y = diffStride(tf.ones([1, 32, 32, 1]), tf.tensor1d([2, 2]), { norm: 'forward' });
      expect(y.shape).toEqual([1, 24, 24, 1]);
      expect(relativeError(y.dataSync(), new Float32Array(24 * 24).fill(1))).toBeLessThan(1e-6);
    });
  });

  it('takes its size from the caller if the strides cannot be read', () => {
    tf.tidy(() => {
      const x = unitTensor(9, [1, 16, 12, 2]) as tf.Tensor4D;
      for (const alignment of ['published', 'symmetric'] as const) {
        const strides = tf.tensor1d([2.4, 1.9]);
        const want = diffStride(x, strides, { smoothness: 2, alignment });
        const size = want.shape.slice(1, 3) as [number, number];
        const got = diffStride(x, strides, { smoothness: 2, alignment, outputSize: size });
        expect(relativeError(got.dataSync(), want.dataSync())).toBeLessThan(FLOAT32);
        const typed = Int32Array.from(size) as never;
        const same = diffStride(x, strides, { smoothness: 2, alignment, outputSize: typed });
        expect(relativeError(same.dataSync(), got.dataSync())).toBe(0);
      }
    });
  });

  it('takes only the whole size without cropping', () => {
    tf.tidy(() => {
      const x = unitTensor(9, [1, 9, 7, 2]) as tf.Tensor4D;
      const strides = tf.tensor1d([2.4, 1.9]);
      const uncropped = { smoothness: 1, cropping: false };
      const want = diffStride(x, strides, uncropped);
      const got = diffStride(x, strides, { ...uncropped, outputSize: [9, 6] });
      expect(relativeError(got.dataSync(), want.dataSync())).toBeLessThan(FLOAT32);
      const lowerLimit = 0.5;
      for (const outputSize of [
        [9, 7],
        [5, 6],
        [18, 12],
      ] as [number, number][]) {
        expect(() => diffStride(x, strides, { ...uncropped, lowerLimit, outputSize })).toThrow(
          `diffStride: outputSize must be [9, 6] with cropping: false, got [${outputSize.join(', ')}]`,
        );
      }
    });
  });

  it('treats channelsFirst as the same image', () => {
    tf.tidy(() => {
      const x = unitTensor(2, [2, 9, 8, 3]) as tf.Tensor4D;
      const strides = tf.tensor1d([1.7, 2.2]);
      const want = diffStride(x, strides);
      const first = diffStride(tf.transpose(x, [0, 3, 1, 2]), strides, {
        dataFormat: 'channelsFirst',
      });
      const got = tf.transpose(first, [0, 2, 3, 1]);
      expect(relativeError(got.dataSync(), want.dataSync())).toBeLessThan(1e-6);
    });
  });

  it('leaks nothing', () => {
    const x = tf.ones([1, 8, 8, 1]) as tf.Tensor4D;
    const strides = tf.tensor1d([2, 2]);
    for (const options of [{}, { cropping: false }, { alignment: 'symmetric' as const }]) {
      expect(leakedTensors(() => diffStride(x, strides, options))).toBe(0);
    }
    tf.dispose([x, strides]);
  });
});

describe('bad input', () => {
  beforeAll(() => useBackend('cpu'));
  const x = () => tf.ones([1, 8, 8, 1]) as tf.Tensor4D;
  const s = (...values: number[]) => tf.tensor1d(values);

  it.each([
    [
      'a wrong rank',
      () => diffStride(tf.ones([8, 8, 1]) as unknown as tf.Tensor4D, s(2, 2)),
      'diffStride: x must have rank 4 ([batch, height, width, channels]), got shape [8,8,1]',
    ],
    ['int32', () => diffStride(tf.cast(x(), 'int32'), s(2, 2)), 'diffStride: x must be float32'],
    [
      'an empty image',
      () => diffStride(tf.zeros([1, 0, 8, 1]), s(2, 2)),
      'diffStride: x must have no empty axis',
    ],
    [
      'strides < 1',
      () => diffStride(x(), s(0.5, 2)),
      'diffStride: strides must be >= 1, got [0.5, 2]',
    ],
    ['NaN strides', () => diffStride(x(), s(Number.NaN, 2)), 'diffStride: strides must be finite'],
    ['no strides', () => diffStride(x(), s()), 'diffStride: strides must have no empty axis'],
    ['three strides', () => diffStride(x(), s(2, 2, 2)), 'diffStride: strides must have shape [2]'],
    [
      'a negative smoothness',
      () => diffStride(x(), s(2, 2), { smoothness: -1 }),
      'diffStride: smoothness must be a finite number >= 0, got -1',
    ],
    [
      'an unknown alignment',
      () => diffStride(x(), s(2, 2), { alignment: 'centred' as 'published' }),
      "diffStride: alignment must be 'published' or 'symmetric', got \"centred\"",
    ],
    [
      'an unknown norm',
      () => diffStride(x(), s(2, 2), { norm: 'unitary' as 'ortho' }),
      "diffStride: norm must be 'backward', 'ortho' or 'forward', got \"unitary\"",
    ],
    [
      'crossed limits',
      () => diffStride(x(), s(2, 2), { lowerLimit: 3, upperLimit: 2 }),
      'diffStride: upperLimit must be >= lowerLimit (3), got 2',
    ],
    [
      'a size that no crop gives',
      () => diffStride(x(), s(2, 2), { outputSize: [3, 4] }),
      'diffStride: outputSize must be a size that a crop',
    ],
  ])('%s is an error that names the argument', (_, call, message) => {
    expect(call).toThrow(message);
  });
});

describe('diffStride on wasm', () => {
  beforeAll(() => useBackend('wasm'));

  it('computes the mask of each axis once, also with a shifted filter', async () => {
    const [x, strides] = [unitTensor(1, [1, 12, 9, 8]) as tf.Tensor4D, tf.tensor1d([1.7, 2.1])];
    const { kernels } = await tf.profile(() => {
      diffStride(x, strides, { smoothness: 3, path: 'matrices' }).dispose();
    });
    // A ramp divides by R. A hard crop does not.
    const { kernels: ofHardCrop } = await tf.profile(() => {
      diffStride(x, strides, { smoothness: 0, path: 'matrices' }).dispose();
    });
    const divisions = (all: { name: string }[]) =>
      all.filter(({ name }) => name === 'RealDiv').length;
    expect(divisions(kernels) - divisions(ofHardCrop)).toBe(2);
    tf.dispose([x, strides]);
  });
});
