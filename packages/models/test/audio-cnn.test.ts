import { useBackend } from '@ds/backend';
import { poolingNames } from '@ds/layers';
import { gradientErrors } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type AudioCnnOptions,
  audioCnn,
  costReport,
  freezeStrides,
  strideVariables,
} from '../src/index.js';

const small: AudioCnnOptions = {
  inputShape: [24, 20, 1],
  tasks: { digit: 3, speaker: 2 },
  widths: [4, 6],
  seed: 1,
};
const smooth = { poolingConfig: { smoothness: 1 } };

describe('audioCnn', () => {
  beforeAll(() => useBackend('wasm'));
  const x = () => tf.randomNormal([2, 24, 20, 1], 0, 1, 'float32', 3);

  it.each(['conv', ...poolingNames()])('runs with %s, with one output per task', (pooling) => {
    const model = audioCnn({ ...small, pooling, ...(pooling === 'diffstride' && smooth) });
    const outputs = model.predict(x()) as tf.Tensor[];
    expect(outputs.map(({ shape }) => shape)).toEqual([
      [2, 3],
      [2, 2],
    ]);
    for (const output of outputs) expect([...output.dataSync()].every(Number.isFinite)).toBe(true);
    expect(model.outputNames).toEqual(['digit', 'speaker']);
  });

  it('convolves along time, then frequency, each with its own stride', () => {
    const model = audioCnn({
      ...small,
      pooling: 'conv',
      strides: [
        [2, 1],
        [3, 4],
      ],
    });
    const sizes = costReport(model, [24, 20, 1])
      .filter(({ layer }) => /time|frequency/.test(layer))
      .map(({ layer, outputShape, macs }) => [layer, outputShape, macs]);
    expect(sizes).toEqual([
      ['block1.time', [12, 20, 4], 12 * 20 * 4 * 3],
      ['block1.frequency', [12, 20, 4], 12 * 20 * 4 * 4 * 3],
      ['block2.time', [4, 20, 6], 4 * 20 * 6 * 4 * 3],
      ['block2.frequency', [4, 5, 6], 4 * 5 * 6 * 6 * 3],
    ]);
  });

  it('has the kernels of the paper’s blocks, and six blocks by default', () => {
    const model = audioCnn({ inputShape: [98, 64, 1], tasks: { word: 35 }, pooling: 'max' });
    const kernels = model.layers
      .filter((layer) => layer.name.endsWith('time') || layer.name.endsWith('frequency'))
      .map((layer) => layer.getWeights()[0]!.shape.join('×'));
    expect(kernels.slice(0, 4)).toEqual(['3×1×1×64', '1×3×64×64', '3×1×64×128', '1×3×128×128']);
    expect(kernels).toHaveLength(12);
    expect((model.predict(tf.zeros([1, 98, 64, 1])) as tf.Tensor).shape).toEqual([1, 35]);
  });

  it('learns separate strides for time and frequency', () => {
    const model = audioCnn({ ...small, ...smooth, strides: [[2, 1.5], 2] });
    const variables = strideVariables(model);
    expect(variables.map(({ layer, strides }) => [layer, ...strides])).toEqual([
      ['block1.pool', 2, 1.5],
      ['block2.pool', 2, 2],
    ]);
    const { grads } = tf.variableGrads(
      () => {
        const [digit] = model.apply(x(), { training: true }) as tf.Tensor[];
        return tf.mean(tf.square(digit!)) as tf.Scalar;
      },
      variables.map(({ variable }) => variable),
    );
    for (const gradient of Object.values(grads)) {
      const [time, frequency] = gradient.dataSync();
      expect(time).not.toBe(0);
      expect(frequency).not.toBe(0);
      expect(time).not.toBeCloseTo(frequency!, 6);
    }
  });

  it('is differentiable in the spectrogram', () => {
    const model = audioCnn({ ...small, tasks: { digit: 3 }, widths: [2], pooling: 'spectral' });
    const input = tf.randomNormal([1, 24, 20, 1], 0, 1, 'float32', 5);
    const [error] = gradientErrors((z) => model.apply(z) as tf.Tensor, [input], [1e-2]);
    expect(error).toBeLessThan(2e-2);
  });

  it('gives the same outputs when frozen', () => {
    const model = audioCnn({ ...small, ...smooth });
    const frozen = freezeStrides(model, [24, 20, 1]);
    const [want, got] = [model.predict(x()), frozen.predict(x())] as [tf.Tensor[], tf.Tensor[]];
    got.forEach((output, i) => {
      const off = tf.max(tf.abs(tf.sub(output, want[i]!))).dataSync()[0]!;
      expect(off).toBeLessThan(1e-5);
    });
  });

  it.each([
    [{ tasks: {} }, 'audioCnn: tasks must have at least one task, got none'],
    [{ tasks: { word: 1 } }, 'audioCnn: tasks.word must be an integer >= 2, got 1'],
    [{ tasks: { '': 2 } }, "audioCnn: tasks must have names of one character or more, got ''"],
    [
      { tasks: { 'bird name': 2 } },
      "tasks must have names of letters, digits and _ . - / only, as weights of tfjs, got 'bird name'",
    ],
    [
      { tasks: { '2': 2, '1': 2 } },
      "tasks must have other names than numbers, which JavaScript would sort, got '1'",
    ],
    [{ tasks: { max: 2 } }, "audioCnn: tasks must have other names than the layers, got 'max'"],
    [{ tasks: { 'block2.bn': 2 } }, "tasks must have other names than the layers, got 'block2.bn'"],
    [
      { pooling: 'conv', strides: [2, [2, 2, 3]] as never },
      'audioCnn: strides must be numbers or pairs [time, frequency], got [(2) (2, 2, 3)]',
    ],
    [
      { strides: [[2], 2] as never },
      'strides must be numbers or pairs [time, frequency], got [(2)',
    ],
    [{ widths: [] }, 'widths must be integers >= 1, one per block, got []'],
    [{ strides: [2] }, 'strides must have 2 values, one per block, got 1'],
    [{ strides: [2, [0.5, 2]] as never }, 'strides must be >= 1, got [(2) (0.5, 2)]'],
    [
      { pooling: 'conv', strides: [1.5, 2] },
      "strides must be integers with pooling 'conv', got 1.5",
    ],
    [{ pooling: 'none' }, 'pooling must be one of conv'],
    [{ inputShape: [24, 20] as never }, 'inputShape must be [time, frequency, channels]'],
    [
      { inputShape: new Float32Array(3) as never },
      'audioCnn: inputShape must be a plain array, got Float32Array(3)',
    ],
    [{ weightDecay: -1 }, 'weightDecay must be a finite number >= 0, got -1'],
    [{ weightDecay: Number.NaN }, 'weightDecay must be a finite number >= 0, got NaN'],
  ])('refuses %j', (wrong, message) => {
    expect(() => audioCnn({ ...small, ...wrong })).toThrow(message);
  });
});
