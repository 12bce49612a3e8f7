import {
  HOST_BACKENDS,
  refuse,
  requireBoolean,
  requireFunction,
  requireList,
  requireNumbers,
  requireObject,
  requireOptions,
  requirePositive,
} from '@ds/checks';
import { hasMember } from '@ds/graph';
import {
  add,
  dispose,
  findBackendFactory,
  getBackend,
  grads,
  io,
  memory,
  mul,
  ones,
  scalar,
  setBackend,
  slice,
  sum,
  type Tensor,
  type Tensor4D,
  tidy,
  transpose,
  type Variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureMultiplyAdds } from './count-multiply-adds.js';
import { poolingLayer, poolingNames } from './registry.js';
import {
  dot,
  expectSlope,
  image,
  release,
  slopeSetting,
  valuesOf,
  WEIGHT_STEP,
} from './testing-slopes.js';

/** Options of {@link describePooling}, for poolings that differ from the usual. */
export interface DescribePoolingOptions {
  /** Configuration without strides. Default none. */
  config?: Record<string, unknown>;
  /** Strides for the tests. Use integers if the pooling takes no others. Default [2, 3]. */
  strides?: [number, number];
  /**
   * Backends for the tests. Default: `'cpu'`, and those of wasm, webgl, webgpu and tensorflow that
   * are registered.
   */
  backends?: string[];
  /**
   * Whether the pooling refuses images of a size, such as a map smaller than the reflection of a
   * filter. The tests then expect an error that begins with a name and `:`. Default: none.
   */
  refuses?: (height: number, width: number) => boolean;
  /** Whether the pooling takes `dataFormat: 'channelsFirst'`. Default true. */
  hasDataFormat?: boolean;
  /** Whether the pooling refuses images that are not float32, unlike tfjs's own. Default true. */
  checksDtype?: boolean;
}

/** Tolerance between backends, which add float32 numbers in another order. */
const FLOAT32 = 1e-4;
/** The share of multiply-adds that a count may miss: small sums next to the products. */
const SMALL_SUMS = 0.05;
const SIZES: [number, number][] = [
  [1, 1],
  [1, 6],
  [5, 1],
  [7, 7],
  [8, 12],
  [13, 9],
];

/**
 * Declares the conformance tests for a pooling, built in or contributed. Call it in a vitest file
 * that imports `@tensorflow/tfjs` and the module that registers the pooling.
 *
 * On every available backend the tests check:
 *
 * - Symbolic and real shapes agree.
 * - The gradients of the input and of every trainable weight match central differences along a
 *   direction, also in training, where random poolings draw.
 * - No tensor leaks.
 * - The layer survives saving and loading a model.
 * - Both data formats give the same image.
 * - Equal configurations give equal outputs.
 * - The images of a batch do not mix.
 * - On host backends the layer's `multiplyAdds` lies between the needed and the executed
 *   multiply-adds of its kernels. Without `multiplyAdds`, the kernels can be counted.
 * - A wrong rank, a wrong dtype and invalid strides throw errors.
 * - One-pixel, prime and non-square sizes, stride 1, and strides larger than the image work.
 * - All backends agree.
 */
export function describePooling(name: string, options: DescribePoolingOptions = {}): void {
  if (!poolingNames().includes(name)) {
    refuse('describePooling', 'name', 'be that of a registered pooling', name);
  }
  requireOptions<DescribePoolingOptions>('describePooling', 'options', options, {
    config: requireObject,
    strides: (fn, key, value) => requireNumbers(fn, key, value, 2, requirePositive),
    backends: (fn, name, value) => requireList(fn, name, value),
    refuses: requireFunction,
    hasDataFormat: requireBoolean,
    checksDtype: requireBoolean,
  });
  const { strides = [2, 3], refuses = () => false } = options;
  const { hasDataFormat = true, checksDtype = true } = options;
  const create = (change: Record<string, unknown> = {}) =>
    poolingLayer(name, { strides, ...options.config, ...change });
  const backends = options.backends ?? backendsAtHand();

  describe.each(backends)(`pooling '${name}' on %s`, (backend) => {
    let before: string;
    beforeAll(async () => {
      before = getBackend();
      await setBackend(backend);
    });
    afterAll(async () => {
      await setBackend(before);
    });

    it('has the shape it promises, at every size', () => {
      for (const [height, width] of SIZES) {
        // Strides slightly and far larger than the image. The product stays small, because some
        // poolings compute that many components.
        const beyond = [
          [height + 1, width + 1],
          [40, 1],
        ];
        for (const pair of [strides, [1, 1], ...beyond] as [number, number][]) {
          const layer = create({ strides: pair });
          const shape = [2, height, width, 3];
          if (refuses(height, width)) {
            expect(() => layer.apply(ones(shape))).toThrow(/^\w+: /);
            continue;
          }
          const y = layer.apply(ones(shape)) as Tensor;
          const promised = layer.computeOutputShape(shape) as (number | null)[];
          expect(promised).toHaveLength(4);
          promised.forEach((size, axis) => {
            if (size !== null) expect(y.shape[axis]).toBe(size);
            expect(y.shape[axis]).toBeGreaterThanOrEqual(1);
          });
          expect(valuesOf(y).every(Number.isFinite)).toBe(true);
          dispose(y);
          layer.dispose();
        }
      }
    });

    it.each([false, true])(
      'has the gradient of central differences to the image (training: %s)',
      (training) => {
        tidy(() => {
          // The size is no multiple of common strides, so windows cross the border.
          const x = image([2, 9, 10, 3], 1.9);
          const { layer, upstream, valueAt } = slopeSetting(create, training, x);
          const direction = image(x.shape, 5.3);
          const [slope] = grads((input: Tensor) =>
            sum(mul(layer.apply(input, { training }) as Tensor, upstream)),
          )([x]);
          const weights = layer.getWeights();
          expectSlope(dot(slope!, direction), (h) =>
            valueAt(add(x, mul(direction, scalar(h))), weights),
          );
          release(layer);
        });
      },
    );

    it('has the gradients of central differences to every trainable weight', () => {
      tidy(() => {
        const x = image([2, 8, 9, 3], 0.7);
        const { layer, upstream, valueAt } = slopeSetting(create, true, x);
        const variables = layer.trainableWeights.map((weight) => weight.read() as Variable);
        const loss = () => sum(mul(layer.apply(x, { training: true }) as Tensor, upstream));
        const byName: Record<string, Tensor> =
          variables.length > 0 ? variableGrads(loss as never, variables).grads : {};
        const start = layer.getWeights();
        variables.forEach((variable) => {
          const along = image(variable.shape, 1.1);
          const at = layer.weights.findIndex((weight) => weight.read() === variable);
          expectSlope(
            dot(byName[variable.name]!, along),
            (h) => valueAt(x, start.with(at, add(start[at]!, mul(along, scalar(h))))),
            WEIGHT_STEP,
          );
        });
        release(layer);
      });
    });

    it('leaks no tensor', () => {
      const layer = create();
      const x = image([2, 6, 8, 2], 1.3);
      dispose(layer.apply(x) as Tensor);
      const count = memory().numTensors;
      for (let i = 0; i < 3; i++) dispose(layer.apply(x) as Tensor);
      tidy(() => {
        grads((input: Tensor) => sum(layer.apply(input) as Tensor))([x]);
      });
      expect(memory().numTensors).toBe(count);
      x.dispose();
      layer.dispose();
    });

    it('survives a saved model', async () => {
      const input = tfl.input({ shape: [9, 8, 2] });
      const model = tfl.model({
        inputs: input,
        outputs: create().apply(input) as tfl.SymbolicTensor,
      });
      let saved: io.ModelArtifacts | undefined;
      await model.save(
        io.withSaveHandler(async (artifacts) => {
          saved = artifacts;
          return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
        }),
      );
      const modelTopology = JSON.parse(JSON.stringify(saved!.modelTopology));
      const copy = await tfl.loadLayersModel(io.fromMemory({ ...saved!, modelTopology }));
      const x = image([2, 9, 8, 2], 0.4);
      const [a, b] = [model, copy].map((m) => m.predict(x) as Tensor);
      expect(b!.shape).toEqual(a!.shape);
      expect(relativeDifference(b!, a!)).toBe(0);
      dispose([x, a!, b!]);
      model.dispose();
      copy.dispose();
    });

    if (hasDataFormat) {
      it('sees one image in both data formats', () => {
        const [last, first] = [create(), create({ dataFormat: 'channelsFirst' })];
        tidy(() => {
          const x = image([2, 9, 7, 3], 2.2) as Tensor4D;
          const y = last.apply(x) as Tensor;
          const z = first.apply(transpose(x, [0, 3, 1, 2])) as Tensor;
          expect(relativeDifference(transpose(z, [0, 2, 3, 1]), y)).toBeLessThan(FLOAT32);
        });
        last.dispose();
        first.dispose();
      });
    }

    it('gives the same for the same configuration, in training and at inference', () => {
      const [a, b] = [create(), create()];
      tidy(() => {
        const x = image([2, 8, 8, 2], 3.1);
        for (const training of [true, true, false]) {
          const [first, second] = [a, b].map((layer) => layer.apply(x, { training }) as Tensor);
          expect(relativeDifference(second!, first!)).toBe(0);
        }
      });
      a.dispose();
      b.dispose();
    });

    it('does not mix the images of a batch', () => {
      const layer = create();
      tidy(() => {
        const x = image([3, 8, 10, 2], 0.9);
        const whole = layer.apply(x) as Tensor;
        const one = layer.apply(slice(x, [1, 0, 0, 0], [1, 8, 10, 2])) as Tensor;
        const same = slice(whole, [1, 0, 0, 0], [1, ...whole.shape.slice(1)]);
        expect(relativeDifference(one, same)).toBeLessThan(FLOAT32);
      });
      layer.dispose();
    });

    // A GPU may use denser products, which save a second pass.
    it.skipIf(!HOST_BACKENDS.includes(backend))(
      'counts its multiply-adds, or lets them be counted',
      () => {
        const layer = create();
        const shape = [13, 9, 8];
        const y = layer.apply(ones([1, ...shape])) as Tensor;
        const { ran, needed } = measureMultiplyAdds(layer, [shape], 'describePooling');
        if (hasMember(layer, 'multiplyAdds')) {
          const count = layer.multiplyAdds(y.shape.slice(1), shape);
          expect(count).toBeGreaterThanOrEqual(needed * (1 - SMALL_SUMS));
          expect(count).toBeLessThanOrEqual(ran);
        }
        y.dispose();
        layer.dispose();
      },
    );

    it('refuses what is not an image', () => {
      const layer = create();
      expect(() => layer.apply(ones([4, 4]))).toThrow(/rank|ndim/);
      if (checksDtype) {
        const whole = ones([1, 4, 4, 1], 'int32');
        expect(() => layer.apply(whole)).toThrow(/must be float32, got int32/);
        whole.dispose();
      }
    });

    it('refuses strides that are none', () => {
      for (const bad of [[0.5, 2], [Number.NaN, 2], [2], [2, Number.POSITIVE_INFINITY]]) {
        expect(() => create({ strides: bad })).toThrow(/strides|ratio/);
      }
    });
  });

  if (backends.length > 1) {
    it(`pooling '${name}' agrees on ${backends.join(', ')}`, async () => {
      const start = getBackend();
      const outputs: { y: number[]; dx: number[] }[] = [];
      for (const backend of backends) {
        await setBackend(backend);
        const layer = create();
        outputs.push(
          tidy(() => {
            const x = image([2, 11, 8, 3], 1.9);
            const loss = (input: Tensor) => {
              const y = layer.apply(input) as Tensor;
              return sum(mul(y, image(y.shape, 4.7)));
            };
            const [dx] = grads((input: Tensor) => loss(input))([x]);
            return {
              y: [...valuesOf(layer.apply(x) as Tensor)],
              dx: [...valuesOf(dx!)],
            };
          }) as unknown as { y: number[]; dx: number[] },
        );
        layer.dispose();
      }
      await setBackend(start);
      for (const { y, dx } of outputs.slice(1)) {
        expect(relativeL2(y, outputs[0]!.y)).toBeLessThan(FLOAT32);
        expect(relativeL2(dx, outputs[0]!.dx)).toBeLessThan(FLOAT32);
      }
    });
  }
}

function backendsAtHand(): string[] {
  return ['cpu', 'wasm', 'webgl', 'webgpu', 'tensorflow'].filter(
    (backend) => findBackendFactory(backend) != null,
  );
}

function relativeDifference(got: Tensor, want: Tensor): number {
  expect(got.shape).toEqual(want.shape);
  return relativeL2(valuesOf(got), valuesOf(want));
}

function relativeL2(got: ArrayLike<number>, want: ArrayLike<number>): number {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < want.length; i++) {
    difference += (got[i]! - want[i]!) ** 2;
    norm += want[i]! ** 2;
  }
  return Math.sqrt(difference / (norm || 1));
}
