import { PRESETS } from '../src/config/presets.js';
import { parseRunConfig } from '../src/config/run-config.js';
import type { CostSnapshot, RunResult } from '../src/run/run-result.js';

/** A plausible result with one pooling layer whose strides end at `learned`. */
export function runResult(
  pooling: string,
  seed: number,
  accuracy: number,
  learned: [number, number] = [3, 3],
): RunResult {
  const snapshot = (strides: [number, number]): CostSnapshot => ({
    strides: { 'stage2.block0.pool': strides },
    complexity: 1 / (strides[0] * strides[1]),
    macs: 1_000_000,
    layers: [
      {
        layer: 'stage2.block0.conv1',
        outputShape: [32, 32, 8],
        macs: 9e5,
        parameters: 9,
        activationBytes: 4,
      },
      { layer: 'dense', outputShape: [10], macs: 1e5, parameters: 9, activationBytes: 4 },
    ],
  });
  const evaluation = { loss: 1, accuracy, top5: 1, nonFinite: 0, count: 10 };
  return {
    config: parseRunConfig({
      ...PRESETS.quick!.run,
      pooling,
      poolingConfig: PRESETS.quick!.poolingConfigs[pooling] ?? {},
      strides: [1, 1, 3, 1, 3],
      seed,
    }),
    dataset: 'CIFAR-10',
    images: { train: 10, test: 10, available: { train: 50, test: 20 } },
    backend: {
      name: 'wasm',
      reason: 'asked for by name',
      added: [],
      replaced: [],
      repaired: [],
      kernels: null,
      without: [],
    },
    environment: { node: 'v20' },
    parameters: 1234,
    initial: snapshot([3, 3]),
    final: snapshot(learned),
    steps: [0, 1, 2].map((step) => ({
      step,
      loss: 2 - step / 4,
      accuracy: 0.2,
      imagesPerSecond: 100,
      strides: { 'stage2.block0.pool': learned },
    })),
    epochs: [{ epoch: 0, loss: 1.5, accuracy: 0.3, evaluation, seconds: 1, images: 10 }],
    epochMacs: [1_000_000],
    accuracy,
    top5: 1,
    shift: { consistency: 0.9, diagonal: [0.5, 0.4], images: 10, nonFinite: 0, maxShift: 4 },
    imagesPerSecond: 100,
    timing: { setup: 1, training: 1, evaluation: 0.5, shift: 0.5 },
    seconds: 3,
    stopped: false,
  };
}
