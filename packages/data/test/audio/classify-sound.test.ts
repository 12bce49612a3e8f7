import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { classifySound, type SoundInput } from '../../src/audio/index.js';
import { tone } from './wav-file.js';

const sound: SoundInput = {
  frontEnd: { sampleRate: 8000, frameLength: 64, hopLength: 32, bands: 16 },
  seconds: 0.1,
  mean: 0,
  std: 1,
  tasks: [
    { name: 'pitch', classes: ['low', 'high'] },
    { name: 'nothing', classes: ['a', 'b', 'c'] },
  ],
};

/** A network that detects whether the lower or the upper half of the bands has more energy. */
function ears(x: tf.Tensor): tf.Tensor[] {
  const halves = tf.split(x as tf.Tensor4D, 2, 2).map((half) => tf.max(half, [1, 2, 3]));
  return [tf.stack(halves, 1), tf.zeros([x.shape[0]!, 3])];
}

describe('classifySound', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it.each([
    [300, 8000, 0.05],
    [300, 44_100, 0.35],
    [3000, 8000, 0.1],
    [3000, 16_000, 1],
  ])('classifies a tone of %i Hz at %i Hz, %s s long', async (hertz, rate, seconds) => {
    const before = tf.memory().numTensors;
    const samples = Float32Array.from(tone(hertz, seconds, rate));
    const [pitch, nothing] = await classifySound(ears, samples, rate, sound);
    expect(pitch!.classes[0]!.name).toBe(hertz < 1000 ? 'low' : 'high');
    expect(pitch!.classes[0]!.probability).toBeGreaterThan(0.9);
    for (const { probability } of nothing!.classes) expect(probability).toBeCloseTo(1 / 3, 5);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives each class of a multi-label task its own probability', async () => {
    const tasks = [{ name: 'heard', classes: ['wren', 'robin'], multiLabel: true as const }];
    const logits = (x: tf.Tensor) => tf.tile(tf.tensor2d([[1, 2]]), [x.shape[0]!, 1]);
    const x = Float32Array.from(tone(300, 0.25));
    const [heard] = await classifySound(logits, x, 8000, { ...sound, tasks });
    expect(heard).toEqual({
      task: 'heard',
      classes: [
        { name: 'robin', probability: expect.closeTo(1 / (1 + Math.exp(-2)), 6) },
        { name: 'wren', probability: expect.closeTo(1 / (1 + Math.exp(-1)), 6) },
      ],
      multiLabel: true,
    });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('throws on %s', async (value) => {
    const x = Float32Array.from(tone(300, 0.1));
    const deaf = () => [tf.fill([1, 2], value), tf.zeros([1, 3])];
    await expect(classifySound(deaf, x, 8000, sound)).rejects.toThrow(
      "classifySound: the network's output for task 'pitch' must be finite, got NaN",
    );
    x[17] = value;
    await expect(classifySound(ears, x, 8000, sound)).rejects.toThrow(
      `classifySound: samples must be finite, got ${value} at place 17`,
    );
  });

  it('says how many rows the network must return', async () => {
    // Seven windows.
    const x = Float32Array.from(tone(300, 0.4));
    const seven = (more: number) => (y: tf.Tensor) => [
      tf.zeros([y.shape[0]!, 2]),
      tf.zeros([y.shape[0]! + more, 3]),
    ];
    expect(await classifySound(seven(0), x, 8000, sound)).toHaveLength(2);
    await expect(classifySound(seven(1), x, 8000, sound)).rejects.toThrow(
      "classifySound: predict's result[1] must have 7 rows, one for each window, got 8",
    );
    const flat = (y: tf.Tensor) => seven(1)(y).map((one) => tf.reshape(one, [-1]));
    await expect(classifySound(flat, x, 8000, sound)).rejects.toThrow(
      "classifySound: the network's output for task 'nothing' must have 7 rows of 3 values, " +
        'got 24 values',
    );
    const none = () => [tf.zeros([7, 2]), null as never];
    await expect(classifySound(none, x, 8000, sound)).rejects.toThrow(
      "classifySound: predict's result[1] must be a tensor, got null",
    );
    for (const other of [tf.tensor2d([['a', 'b']]), tf.complex([[1, 2]], [[3, 4]])]) {
      await expect(classifySound(() => other, x, 8000, sound)).rejects.toThrow(
        `classifySound: predict's result[0] must be float32, int32 or bool, got ${other.dtype}`,
      );
    }
  });

  it('throws on an empty sound, and on tasks that do not fit the network', async () => {
    await expect(classifySound(ears, new Float32Array(0), 8000, sound)).rejects.toThrow(
      'samples must have at least one value',
    );
    const x = Float32Array.from(tone(300, 0.1));
    const [pitch] = sound.tasks;
    await expect(classifySound(ears, x, 8000, { ...sound, tasks: [pitch!] })).rejects.toThrow(
      'tasks must have one entry for each output of the network (2), got 1',
    );
    const wrong = [pitch!, { name: 'nothing', classes: ['a'] }];
    await expect(classifySound(ears, x, 8000, { ...sound, tasks: wrong })).rejects.toThrow(
      "task 'nothing' must have 3 classes, got 1",
    );
  });
});
