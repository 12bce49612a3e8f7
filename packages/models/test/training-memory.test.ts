import { useBackend } from '@ds/backend';
import { unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { resnet18 } from '../src/index.js';

/** The part of tfjs's wasm module that allocates. */
interface Allocator {
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/** The most bytes that the wasm backend holds during `run`, above what it held before. */
function peakOf(run: () => void): number {
  const { wasm } = tf.backend() as unknown as { wasm: Allocator };
  const { _malloc, _free } = wasm;
  const sizes = new Map<number, number>();
  let [live, peak] = [0, 0];
  wasm._malloc = (bytes) => {
    const address = _malloc(bytes);
    sizes.set(address, bytes);
    live += bytes;
    peak = Math.max(peak, live);
    return address;
  };
  wasm._free = (address) => {
    live -= sizes.get(address) ?? 0;
    _free(address);
  };
  try {
    run();
  } finally {
    Object.assign(wasm, { _malloc, _free });
  }
  return peak;
}

/** The peak of a training step, with all gradients. */
function peakOfStep(pooling: 'conv' | 'diffstride'): number {
  const shape: [number, number, number] = [32, 32, 3];
  const poolingConfig = pooling === 'conv' ? {} : { smoothness: 0 };
  const model = resnet18({
    inputShape: shape,
    classes: 2,
    width: 8,
    seed: 1,
    pooling,
    poolingConfig,
  });
  const x = unitTensor(2, [4, ...shape]);
  const step = () =>
    tf.tidy(() => {
      const weights = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
      tf.variableGrads(
        () => (model.apply(x, { training: true }) as tf.Tensor).square().mean(),
        weights,
      );
    });
  // The first step allocates scratch space, which stays.
  step();
  const peak = peakOf(step);
  model.dispose();
  return peak;
}

describe('memory of a training step', () => {
  beforeAll(() => useBackend('wasm'));

  it('is at most twice that of a strided network, although its convolutions see whole images', () => {
    // The maps are [18, 10, 6]² with learned strides, and [16, 8, 4]² with strided convolutions.
    const ratio = peakOfStep('diffstride') / peakOfStep('conv');
    expect(ratio).toBeLessThan(2);
    expect(ratio).toBeGreaterThan(1);
  });
});
