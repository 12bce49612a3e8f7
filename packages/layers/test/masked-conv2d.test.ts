import { useBackend } from '@ds/backend';
import { leakedTensors, relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { MaskedConv2D, type MaskedConv2DConfig, measureMultiplyAdds } from '../src/index.js';

const SIZES = { filters: 4, kernelSize: 5, initialKernelSize: 3.4, initialFilters: 2.6 } as const;

/** A layer with fixed weights, for images of two channels. */
function made(config: Partial<MaskedConv2DConfig> = {}): MaskedConv2D {
  const layer = new MaskedConv2D({ ...SIZES, temperature: 0.8, seed: 3, ...config });
  layer.apply(tf.input({ shape: [4, 5, 2] }));
  tf.tidy(() => {
    const [kernel, bias, ...sizes] = layer.getWeights();
    layer.setWeights([unitTensor(5, kernel!.shape), unitTensor(6, bias!.shape), ...sizes]);
  });
  return layer;
}

/** The convolution by sums over every tap, with masks by their formulas. */
function bySums(
  layer: MaskedConv2D,
  image: tf.Tensor,
  temperature: number,
  width: number,
): number[] {
  const [kernel, bias] = layer.getWeights().map((weight) => weight.arraySync()) as [
    number[][][][],
    number[],
  ];
  const x = (image.arraySync() as number[][][][])[0]!;
  const { sizes } = layer;
  const tap = (at: number, size: number) =>
    Math.abs(at - 2) > size / 2 ? 0 : 0.1 ** (((2 * (at - 2)) / size) ** 2);
  const middle = sizes.width - temperature * Math.log(9);
  const channel = (n: number) =>
    n + 0.5 > sizes.width ? 0 : 1 / (1 + Math.exp((n + 0.5 - middle) / temperature));
  const values: number[] = [];
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column < 5; column++) {
      for (let n = 0; n < width; n++) {
        let sum = bias[n]!;
        for (let i = 0; i < 5; i++) {
          for (let j = 0; j < 5; j++) {
            for (let c = 0; c < 2; c++) {
              const pixel = x[row + i - 2]?.[column + j - 2]?.[c] ?? 0;
              sum +=
                tap(i, sizes.kernel[0]) * tap(j, sizes.kernel[1]) * kernel[i]![j]![c]![n]! * pixel;
            }
          }
        }
        values.push(channel(n) * sum);
      }
    }
  }
  return values;
}

describe.each(['cpu', 'wasm'] as const)('MaskedConv2D on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('is the masked convolution, cropped to the kept channels or padded to all', () => {
    tf.tidy(() => {
      const x = unitTensor(7, [1, 4, 5, 2]);
      const layer = made();
      const cropped = layer.apply(x) as tf.Tensor;
      expect(cropped.shape).toEqual([1, 4, 5, 3]);
      expect(relativeError(cropped.dataSync(), bySums(layer, x, 0.8, 3))).toBeLessThan(1e-5);
      const whole = made({ cropping: false });
      const padded = whole.apply(x) as tf.Tensor;
      expect(relativeError(padded.dataSync(), bySums(whole, x, 0.8, 4))).toBeLessThan(1e-5);
    });
  });

  it('has the gradients of finite differences in its weights and its sizes', () => {
    const layer = made();
    const x = unitTensor(7, [1, 4, 5, 2]) as tf.Tensor4D;
    const upstream = unitTensor(8, [1, 4, 5, 3]);
    const loss = () => tf.sum(tf.mul(layer.apply(x) as tf.Tensor, upstream)) as tf.Scalar;
    const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const { value, grads } = tf.variableGrads(loss, variables);
    for (const variable of variables) {
      const values = variable.dataSync().slice();
      const slopes = grads[variable.name]!.dataSync();
      const step = variable.shape[0] === 3 ? 1e-3 : 0.1;
      const places = [0, 1, 2, values.length - 1].filter((at) => at < values.length);
      const numeric = places.map((at) => {
        const at1 = (offset: number) => {
          const moved = values.slice();
          moved[at] = values[at]! + offset;
          return tf.tidy(() => {
            variable.assign(tf.tensor(moved, variable.shape));
            return loss().dataSync()[0]!;
          });
        };
        return (at1(step) - at1(-step)) / (2 * step);
      });
      tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
      expect(
        relativeError(
          places.map((at) => slopes[at]!),
          numeric,
        ),
      ).toBeLessThan(5e-3);
    }
    tf.dispose([value, grads, x, upstream]);
    layer.dispose();
  });

  it('computes with the kept taps and channels only', () => {
    const layer = made();
    expect(layer.keptSizes).toEqual({ kernel: [3, 3], width: 3 });
    const macs = layer.multiplyAdds([4, 5, 3], [4, 5, 2]);
    expect(macs).toBe(4 * 5 * 2 * 3 * 3 * 3);
    expect(measureMultiplyAdds(layer, [[4, 5, 2]]).ran).toBe(macs);
    const x = tf.zeros([1, 4, 5, 2]);
    expect(leakedTensors(() => layer.apply(x) as tf.Tensor)).toBe(0);
    x.dispose();
    layer.dispose();
  });
});

describe('MaskedConv2D', () => {
  beforeAll(() => useBackend('cpu'));

  /** Two layers in a row, of which the first crops its channels. */
  const twoInARow = () =>
    tf.sequential({
      layers: [
        new MaskedConv2D({ ...SIZES, seed: 1, name: 'first', inputShape: [4, 5, 2] }),
        tf.layers.reLU(),
        new MaskedConv2D({
          filters: 2,
          kernelSize: [3, 1],
          learnsWidth: false,
          inputChannels: 4,
          seed: 2,
          name: 'second',
        }),
      ],
    });

  it('keeps its sizes in their limits with any optimizer', () => {
    const model = twoInARow();
    const [first] = model.layers as [MaskedConv2D];
    for (const update of [-1e6, 1e6]) {
      const shares = first.sizeVariable!;
      tf.tidy(() => shares.assign(tf.add(shares, update)));
      const isSmall = update < 0;
      expect(first.sizes).toEqual(
        isSmall ? { kernel: [3, 3], width: 1 } : { kernel: [5, 5], width: 4 },
      );
      expect(first.keptSizes).toEqual(
        isSmall ? { kernel: [3, 3], width: 1 } : { kernel: [5, 5], width: 4 },
      );
    }
    model.dispose();
  });

  it('takes the first channels of its kernel, saves and loads', async () => {
    const model = twoInARow();
    const x = unitTensor(9, [2, 4, 5, 2]);
    const want = (model.predict(x) as tf.Tensor).dataSync();
    let saved: tf.io.ModelArtifacts | null = null;
    await model.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
      }),
    );
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved!));
    expect([...(loaded.predict(x) as tf.Tensor).dataSync()]).toEqual([...want]);
    expect((loaded.layers[0] as MaskedConv2D).sizes.width).toBeCloseTo(2.6, 5);
  });

  it('is a stock Conv2D with the cropped weights', () => {
    tf.tidy(() => {
      const layer = made();
      const x = unitTensor(7, [1, 4, 5, 2]) as tf.Tensor4D;
      const { kernel, bias } = layer.croppedWeights(2);
      expect(kernel.shape).toEqual([3, 3, 2, 3]);
      const stock = tf.add(tf.conv2d(x, kernel, 1, 'same'), bias!);
      expect([...stock.dataSync()]).toEqual([...(layer.apply(x) as tf.Tensor).dataSync()]);
    });
  });

  it('starts with the variance of He for the taps that the mask leaves', () => {
    tf.tidy(() => {
      const layer = new MaskedConv2D({
        filters: 64,
        initialKernelSize: 3,
        learnsWidth: false,
        seed: 1,
      });
      const y = layer.apply(tf.randomNormal([1, 12, 12, 32], 0, 1, 'float32', 2)) as tf.Tensor;
      const inner = tf.slice(y, [0, 2, 2, 0], [1, 8, 8, 64]);
      expect(tf.moments(inner).variance.dataSync()[0]).toBeCloseTo(2, 0);
    });
  });

  it('starts with the same kernel for the same seed, also 0', () => {
    const kernelOf = (seed: number) => {
      const layer = new MaskedConv2D({ ...SIZES, seed });
      layer.apply(tf.input({ shape: [4, 5, 2] }));
      const kernel = [...layer.getWeights()[0]!.dataSync()];
      layer.dispose();
      return kernel;
    };
    expect(kernelOf(0)).toEqual(kernelOf(0));
    expect(kernelOf(0)).not.toEqual(kernelOf(1));
  });

  it('returns copies of its sizes and its configuration', () => {
    const layer = new MaskedConv2D({ filters: 4, kernelSize: [3, 5], learnsKernel: false });
    layer.sizes.kernel[0] = 1;
    (layer.getConfig().kernelSize as number[])[1] = 1;
    expect(layer.sizes.kernel).toEqual([3, 5]);
    expect(layer.getConfig().kernelSize).toEqual([3, 5]);
  });

  it.each(['initialKernelSize', 'initialFilters', 'minKernelSize', 'minFilters'])(
    'names a %s below 1',
    (name) => {
      expect(() => new MaskedConv2D({ filters: 4, [name]: 0.5 })).toThrow(
        `MaskedConv2D: ${name} must be >= 1, got 0.5`,
      );
    },
  );

  it('refuses a smallest kernel above the initial one', () => {
    const sizes = { filters: 2, kernelSize: 5, initialKernelSize: 2 };
    expect(() => new MaskedConv2D({ ...sizes, minKernelSize: 3 })).toThrow(
      'MaskedConv2D: minKernelSize must be <= initialKernelSize (2), got 3',
    );
    expect(new MaskedConv2D(sizes).getConfig().minKernelSize).toBe(2);
  });

  it('refuses sizes after an update that was not finite', () => {
    const layer = made();
    tf.tidy(() => layer.sizeVariable!.assign(tf.fill([3], Number.NaN)));
    expect(() => layer.apply(tf.zeros([1, 4, 5, 2]))).toThrow(
      'MaskedConv2D: sizes must be finite, got NaN',
    );
    layer.dispose();
  });

  it('refuses more channels than its kernel has', () => {
    const layer = new MaskedConv2D({ filters: 4, name: 'conv' });
    layer.apply(tf.input({ shape: [4, 4, 2] }));
    const message = "MaskedConv2D: layer 'conv': inputs must have <= 2 channels, got 3";
    expect(() => layer.apply(tf.input({ shape: [4, 4, 3] }))).toThrow(message);
    const x = tf.ones([1, 4, 4, 3]);
    expect(() => layer.apply(x)).toThrow(message);
    x.dispose();
    layer.dispose();
  });

  it('names what is missing after a layer that crops', () => {
    const first = new MaskedConv2D({ filters: 4 }).apply(tf.input({ shape: [8, 8, 1] }));
    expect(() => new MaskedConv2D({ filters: 2 }).apply(first)).toThrow(
      'MaskedConv2D: inputChannels must be given if the layer before crops its channels, got null',
    );
  });
});
