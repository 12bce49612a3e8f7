import { useBackend } from '@ds/backend';
import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { audioCnn, resnet18, resnet56 } from '../src/index.js';

const SMALL = {
  inputShape: [16, 16, 2] as [number, number, number],
  classes: 3,
  width: 2,
  seed: 1,
};

const rolled = (x: tf.Tensor, by: number) => {
  const size = x.shape[1]!;
  const [head, tail] = tf.split(x, [size - by, by], 1);
  return tf.concat([tail!, head!], 1);
};

/** The largest change of the outputs under a circular shift, relative to them. */
function changeUnderShift(model: tf.LayersModel, by: number): number {
  return tf.tidy(() => {
    const x = unitTensor(3, [2, ...(model.inputs[0]!.shape.slice(1) as number[])]);
    const logits = (image: tf.Tensor) => (model.predict(image) as tf.Tensor).dataSync();
    return relativeError(logits(rolled(x, by)), logits(x));
  });
}

const paddingsOf = (model: tf.LayersModel, className: string) =>
  model.layers
    .filter((layer) => layer.getClassName().endsWith(className))
    .map((layer) => layer.getConfig().padding ?? layer.getConfig().border);

describe("padding 'circular'", () => {
  beforeAll(() => useBackend('cpu'));

  it.each(['conv', 'spectral', 'max-blur', 'blur', 'average'])(
    'makes a ResNet-18 with %s commute with shifts by its total stride',
    (pooling) => {
      const model = resnet18({ ...SMALL, pooling, padding: 'circular' });
      const zeros = resnet18({ ...SMALL, pooling });
      expect(changeUnderShift(model, 8)).toBeLessThan(1e-4);
      expect(changeUnderShift(zeros, 8)).toBeGreaterThan(1e-3);
    },
  );

  it('keeps the sizes of maps, parameters included', () => {
    for (const stem of ['cifar', 'imagenet'] as const) {
      const sizes = (padding: 'same' | 'circular' | 'reflect') =>
        resnet18({ ...SMALL, inputShape: [33, 40, 2], pooling: 'conv', stem, padding })
          .layers.filter((layer) => !layer.name.endsWith('.padding'))
          .map(({ name, outputShape }) => [name, outputShape]);
      expect(sizes('circular')).toEqual(sizes('same'));
      expect(sizes('reflect')).toEqual(sizes('same'));
    }
    const count = (padding: 'same' | 'circular') =>
      resnet56({ ...SMALL, pooling: 'conv', padding }).countParams();
    expect(count('circular')).toBe(count('same'));
  });

  it('is the border of blurs too, unless their configuration has another', () => {
    const model = resnet18({ ...SMALL, pooling: 'blur', padding: 'circular' });
    expect(paddingsOf(model, 'BlurPool')).toEqual(['circular', 'circular', 'circular']);
    expect(new Set(paddingsOf(model, 'PadImage'))).toEqual(new Set(['circular']));
    const own = resnet18({
      ...SMALL,
      pooling: 'blur',
      poolingConfig: { padding: 'zero' },
      padding: 'circular',
    });
    expect(paddingsOf(own, 'BlurPool')).toEqual(['zero', 'zero', 'zero']);
  });

  it('pads the audio network along time and frequency', () => {
    const options = { inputShape: [16, 12, 1] as [number, number, number], widths: [2, 2] };
    const tasks = { digit: 3 };
    const model = audioCnn({ ...options, tasks, pooling: 'conv', padding: 'circular', seed: 1 });
    expect(changeUnderShift(model, 4)).toBeLessThan(1e-5);
    const zeros = audioCnn({ ...options, tasks, pooling: 'conv', seed: 1 });
    expect(changeUnderShift(zeros, 4)).toBeGreaterThan(1e-4);
  });

  it('refuses a reflection of maps that are too small for it, by name', () => {
    expect(() =>
      resnet18({ ...SMALL, inputShape: [8, 8, 2], pooling: 'conv', padding: 'reflect' }),
    ).toThrow(
      "PadImage: layer 'stage4.block0.conv2.padding' gets a map of 1×1: " +
        "padding must not be 'reflect' on a side of 1, with 1 beyond it",
    );
    const sounds = { inputShape: [8, 1, 1] as [number, number, number], tasks: { digit: 3 } };
    expect(() => audioCnn({ ...sounds, widths: [2], strides: [1], padding: 'reflect' })).toThrow(
      "PadImage: layer 'block1.frequency.padding' gets a map of 8×1: " +
        "padding must not be 'reflect' on a side of 1, with 1 beyond it",
    );
  });
});
