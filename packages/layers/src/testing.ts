import {
  refuse,
  requireBoolean,
  requireFunction,
  requireList,
  requireNumbers,
  requireObject,
  requireOptions,
  requirePositive,
} from '@ds/checks';
import { findBackendFactory, getBackend, setBackend } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { poolingLayer, poolingNames, poolingTraits, type RankedPoolingConfig } from './registry.js';
import { checkRank, type SpatialRank } from './spatial-rank.js';
import { stridesPerAxis } from './stride-values.js';
import { testBackendAgreement } from './testing/backend-agreement-test.js';
import { testEqualOutputs } from './testing/equal-output-tests.js';
import { testGradients } from './testing/gradient-tests.js';
import { IMAGE_SIDES } from './testing/image-sides.js';
import { testLeaks } from './testing/leak-test.js';
import { testMultiplyAdds } from './testing/multiply-add-test.js';
import { testRefusals } from './testing/refusal-tests.js';
import { testSavedModel } from './testing/saved-model-test.js';
import { testShapes } from './testing/shape-tests.js';
import type { TestedPooling } from './testing/tested-pooling.js';

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
  const pooling = testedPooling(name, options);
  const { rank } = pooling;
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

    testShapes(pooling);
    testGradients(pooling);
    testLeaks(pooling);
    testSavedModel(pooling);
    testEqualOutputs(pooling);
    testMultiplyAdds(pooling, backend);
    testRefusals(pooling);
  });

  if (backends.length > 1) testBackendAgreement(pooling, called, backends);
}

/**
 * The pooling with its options, and defaults for the others.
 *
 * @throws ConfigError if the pooling is not registered, or an option does not suit it.
 */
function testedPooling(name: string, options: DescribePoolingOptions): TestedPooling {
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
  const create = (change: Record<string, unknown> = {}) =>
    poolingLayer(name, { rank, strides, ...options.config, ...change } as RankedPoolingConfig<
      string,
      1
    >);
  return { rank, strides, sides: IMAGE_SIDES[rank], create, refuses, hasDataFormat, checksDtype };
}

function backendsAtHand(): string[] {
  return ['cpu', 'wasm', 'webgl', 'webgpu', 'tensorflow'].filter(
    (backend) => findBackendFactory(backend) != null,
  );
}
