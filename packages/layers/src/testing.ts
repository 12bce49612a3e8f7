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
  tidy,
  transpose,
  type Variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureMultiplyAdds } from './count-multiply-adds.js';
import { poolingLayer, poolingNames, poolingTraits, type RankedPoolingConfig } from './registry.js';
import { checkRank, type SpatialRank } from './spatial-rank.js';
import { stridesPerAxis } from './stride-values.js';
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
  /** The number of spatial axes: 1, 2 or 3. The pooling must have this rank. Default 2. */
  rank?: SpatialRank;
  /**
   * Strides for the tests, one for each axis. Use integers if the pooling takes no others. Default
   * [2], [2, 3] or [2, 3, 2].
   */
  strides?: number[];
  /**
   * Backends for the tests. Default: `'cpu'`, and those of wasm, webgl, webgpu and tensorflow that
   * are registered.
   */
  backends?: string[];
  /**
   * Whether the pooling refuses images of a size, such as a map smaller than the reflection of a
   * filter. The tests then expect an error that begins with a name and `:`. Default: none. It gets
   * one side for each axis.
   */
  refuses?: (...sides: number[]) => boolean;
  /** Whether the pooling takes `dataFormat: 'channelsFirst'`. Default true, at rank 1 false. */
  hasDataFormat?: boolean;
  /** Whether the pooling refuses images that are not float32, unlike tfjs's own. Default true. */
  checksDtype?: boolean;
}

/** Tolerance between backends, which add float32 numbers in another order. */
const FLOAT32 = 1e-4;
/** The share of multiply-adds that a count may miss: small sums next to the products. */
const SMALL_SUMS = 0.05;

/** The sides of the tests' images. */
interface Sides {
  /** One pixel, prime, and not equal to each other. */
  every: number[][];
  /** For gradients. No multiples of common strides, so windows cross the border. */
  slopes: number[];
  weightSlopes: number[];
  leaks: number[];
  saved: number[];
  formats: number[];
  repeated: number[];
  batch: number[];
  counted: number[];
  compared: number[];
}

const SIDES: Record<SpatialRank, Sides> = {
  1: {
    every: [[1], [2], [7], [12]],
    slopes: [13],
    weightSlopes: [12],
    leaks: [8],
    saved: [9],
    formats: [7],
    repeated: [8],
    batch: [10],
    counted: [29],
    compared: [11],
  },
  2: {
    every: [
      [1, 1],
      [1, 6],
      [5, 1],
      [7, 7],
      [8, 12],
      [13, 9],
    ],
    slopes: [9, 10],
    weightSlopes: [8, 9],
    leaks: [6, 8],
    saved: [9, 8],
    formats: [9, 7],
    repeated: [8, 8],
    batch: [8, 10],
    counted: [13, 9],
    compared: [11, 8],
  },
  3: {
    every: [
      [1, 1, 1],
      [1, 6, 2],
      [5, 1, 3],
      [4, 7, 5],
    ],
    slopes: [5, 4, 7],
    weightSlopes: [6, 5, 8],
    leaks: [4, 3, 6],
    saved: [5, 4, 6],
    formats: [5, 3, 4],
    repeated: [4, 6, 4],
    batch: [4, 5, 6],
    counted: [7, 6, 9],
    compared: [5, 6, 7],
  },
};

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
    rank: checkRank,
    strides: (fn, key, strides) => {
      const rank = options.rank ?? 2;
      requireNumbers(fn, key, stridesPerAxis(fn, strides, rank), rank, requirePositive);
    },
    backends: (fn, name, value) => requireList(fn, name, value),
    refuses: requireFunction,
    hasDataFormat: requireBoolean,
    checksDtype: requireBoolean,
  });
  const { rank = 2, refuses = () => false } = options;
  const { ranks } = poolingTraits(name);
  if (!ranks.includes(rank)) {
    refuse('describePooling', 'rank', `be one that '${name}' has (${ranks.join(', ')})`, rank);
  }
  const { strides = [2, 3, 2].slice(0, rank) } = options;
  const { hasDataFormat = rank > 1, checksDtype = true } = options;
  const sides = SIDES[rank];
  const create = (change: Record<string, unknown> = {}) =>
    poolingLayer(name, { rank, strides, ...options.config, ...change } as RankedPoolingConfig<
      string,
      1
    >);
  const backends = options.backends ?? backendsAtHand();

  const called = rank === 2 ? `pooling '${name}'` : `pooling '${name}' of rank ${rank}`;
  describe.each(backends)(`${called} on %s`, (backend) => {
    /** tfjs has no backend before it is first used. */
    let before: string | undefined;
    beforeAll(async () => {
      before = getBackend();
      await setBackend(backend);
    });
    afterAll(async () => {
      if (before !== undefined) await setBackend(before);
    });

    it('has the shape it promises, at every size', () => {
      for (const size of sides.every) {
        // Strides slightly and far larger than the image. The product stays small, because some
        // poolings compute that many components.
        const beyond = [size.map((side) => side + 1), [40, 1, 1].slice(0, rank)];
        for (const each of [strides, [1, 1, 1].slice(0, rank), ...beyond]) {
          const layer = create({ strides: each });
          const shape = [2, ...size, 3];
          if (refuses(...size)) {
            expect(() => layer.apply(ones(shape))).toThrow(/^\w+: /);
            continue;
          }
          const y = layer.apply(ones(shape)) as Tensor;
          const promised = layer.computeOutputShape(shape) as (number | null)[];
          expect(promised).toHaveLength(rank + 2);
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
          const x = image([2, ...sides.slopes, 3], 1.9);
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
        const x = image([2, ...sides.weightSlopes, 3], 0.7);
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
      const x = image([2, ...sides.leaks, 2], 1.3);
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
      const input = tfl.input({ shape: [...sides.saved, 2] });
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
      const x = image([2, ...sides.saved, 2], 0.4);
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
          const spatial = Array.from({ length: rank }, (_, axis) => axis + 1);
          const x = image([2, ...sides.formats, 3], 2.2);
          const y = last.apply(x) as Tensor;
          const z = first.apply(transpose(x, [0, rank + 1, ...spatial])) as Tensor;
          const back = [0, ...spatial.map((axis) => axis + 1), 1];
          expect(relativeDifference(transpose(z, back), y)).toBeLessThan(FLOAT32);
        });
        last.dispose();
        first.dispose();
      });
    }

    it('gives the same for the same configuration, in training and at inference', () => {
      const [a, b] = [create(), create()];
      tidy(() => {
        const x = image([2, ...sides.repeated, 2], 3.1);
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
        const x = image([3, ...sides.batch, 2], 0.9);
        const whole = layer.apply(x) as Tensor;
        const second = (of: Tensor) => slice(of, [1], [1]);
        const one = layer.apply(second(x)) as Tensor;
        const same = second(whole);
        expect(relativeDifference(one, same)).toBeLessThan(FLOAT32);
      });
      layer.dispose();
    });

    // A GPU may use denser products, which save a second pass.
    it.skipIf(!HOST_BACKENDS.includes(backend))(
      'counts its multiply-adds, or lets them be counted',
      () => {
        const layer = create();
        const shape = [...sides.counted, 8];
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
        const whole = ones([1, ...[4, 4, 4].slice(0, rank), 1], 'int32');
        expect(() => layer.apply(whole)).toThrow(/must be float32, got int32/);
        whole.dispose();
      }
    });

    it('refuses strides that are none', () => {
      const others = [2, 2, 2].slice(1, rank);
      for (const bad of [
        [0.5, ...others],
        [Number.NaN, ...others],
        rank === 1 ? [2, 2] : others,
        [...others, Number.POSITIVE_INFINITY],
      ]) {
        expect(() => create({ strides: bad })).toThrow(/strides|ratio/);
      }
    });
  });

  if (backends.length > 1) {
    it(`${called} agrees on ${backends.join(', ')}`, async () => {
      const start = getBackend();
      const outputs: { y: number[]; dx: number[] }[] = [];
      for (const backend of backends) {
        await setBackend(backend);
        const layer = create();
        outputs.push(
          tidy(() => {
            const x = image([2, ...sides.compared, 3], 1.9);
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
