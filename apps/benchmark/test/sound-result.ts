import { makeConfig } from '../src/config/make-config.js';
import type { CostSnapshot, RunResult } from '../src/run/run-result.js';
import { runResult } from './run-result.js';

/** A plausible result of an audio network of four blocks. DiffStride's strides have moved. */
export function soundResult(pooling: string, seed: number, accuracy: number): RunResult {
  const blocks = ['block1', 'block2', 'block3', 'block4'];
  const snapshot = (stride: number): CostSnapshot => ({
    strides: Object.fromEntries(blocks.map((block) => [`${block}.pool`, [stride, 2]])),
    complexity: 1 / (2 * stride),
    macs: 1_000_000,
    layers: blocks.flatMap((block) =>
      ['time', 'frequency', 'bn', 'pool'].map((layer) => ({
        layer: `${block}.${layer}`,
        outputShape: [20, 16, 8],
        macs: 1e5,
        parameters: 9,
        activationBytes: 4,
      })),
    ),
  });
  const learned = snapshot(pooling === 'diffstride' ? 2.5 : 2);
  const result = runResult(pooling, seed, accuracy);
  return {
    ...result,
    config: makeConfig({
      preset: 'smoke',
      dataset: 'sounds',
      sounds: {
        layout: 'folder',
        tasks: ['class'],
        sampleRate: 8000,
        seconds: 1,
        bands: 16,
      },
      pooling,
      seed,
    }),
    dataset: 'recordings',
    initial: snapshot(2),
    final: learned,
    steps: result.steps.map((step) => ({ ...step, strides: learned.strides })),
    sound: {
      frontEnd: { sampleRate: 8000, frameLength: 200, hopLength: 80, fftLength: 256, bands: 16 },
      seconds: 1,
      mean: 0,
      std: 1,
      tasks: [{ name: 'class', classes: ['dog', 'rain'] }],
      split: 'by its folders train and test',
    },
    taskAccuracies: { class: accuracy },
  };
}
