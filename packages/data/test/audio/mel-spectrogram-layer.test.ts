import { useBackend } from '@ds/backend';
import { gradientErrors, leakedTensors } from '@ds/testing';
import { BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { Spectrogram, type SpectrogramOptions } from '../../src/audio/index.js';
import { MelSpectrogram } from '../../src/audio/mel-spectrogram-layer.js';

const FORMS: SpectrogramOptions[] = [
  { sampleRate: 8000, frameLength: 32, hopLength: 16, bands: 6 },
  {
    sampleRate: 8000,
    frameLength: 32,
    hopLength: 10,
    fftLength: 40,
    bands: 5,
    center: true,
    compression: 'decibel',
  },
  { sampleRate: 8000, frameLength: 15, hopLength: 7, bands: null, power: 1, compression: 'none' },
];

describe.each(BACKENDS)('MelSpectrogram on %s', (backend) => {
  beforeAll(() => useBackend(backend));
  const sounds = () => tf.randomNormal([2, 90], 0, 1, 'float32', 1) as tf.Tensor2D;

  it.each(FORMS)('equals Spectrogram, %j', (options) => {
    const x = sounds();
    const layer = new MelSpectrogram(options);
    const y = layer.apply(x) as tf.Tensor;
    const plan = new Spectrogram(options);
    expect(y.shape).toEqual([2, plan.frames(90), plan.bands, 1]);
    expect(layer.computeOutputShape([null, 90])).toEqual([null, plan.frames(90), plan.bands, 1]);
    const rows = x.arraySync().map((row) => [...plan.transform(row)]);
    const off = Math.max(...[...y.dataSync()].map((v, i) => Math.abs(v - rows.flat()[i]!)));
    expect(off).toBeLessThan(2e-4);
    expect(leakedTensors(() => layer.apply(x) as tf.Tensor)).toBe(0);
  });

  it('has the gradient to the sound', () => {
    const layer = new MelSpectrogram(FORMS[0]!);
    const x = tf.randomNormal([1, 50], 0, 1, 'float32', 2);
    for (const error of gradientErrors((input) => layer.apply(input) as tf.Tensor, [x], [1e-2])) {
      expect(error).toBeLessThan(2e-2);
    }
  });

  it.each([1, 2] as const)('has a gradient of 0 on silence at power %i', (power) => {
    const layer = new MelSpectrogram({ ...FORMS[0]!, power });
    const silent = tf.tidy(() =>
      tf
        .grad((x) => layer.apply(x) as tf.Tensor)(tf.zeros([1, 64]))
        .dataSync(),
    );
    expect([...silent].map(Math.abs)).toEqual(new Array(64).fill(0));
    // The sound begins after silence, as most sounds do.
    const sound = tf.tensor2d(
      Array.from({ length: 96 }, (_, t) => (t < 40 ? 0 : Math.sin(t))),
      [1, 96],
    );
    const slope = tf.tidy(() =>
      tf
        .grad((x) => layer.apply(x) as tf.Tensor)(sound)
        .dataSync(),
    );
    expect(slope.every(Number.isFinite)).toBe(true);
    expect(slope.some((v) => v !== 0)).toBe(true);
    sound.dispose();
  });

  it('computes magnitudes whose squares overflow or underflow float32', () => {
    const options: SpectrogramOptions = { ...FORMS[2]!, power: 1, compression: 'none' };
    for (const unit of [1e-30, 1e25]) {
      tf.tidy(() => {
        const x = tf.mul(sounds(), unit) as tf.Tensor2D;
        const rows = x.arraySync().flatMap((row) => [...new Spectrogram(options).transform(row)]);
        const y = (new MelSpectrogram(options).apply(x) as tf.Tensor).dataSync();
        const largest = Math.max(...rows);
        y.forEach((value, i) => {
          expect(Math.abs(value - rows[i]!)).toBeLessThan(1e-5 * largest);
        });
      });
    }
  });

  it('throws on an offset that float32 rounds to 0', () => {
    expect(() => new MelSpectrogram({ ...FORMS[0]!, offset: 1e-50 })).toThrow(
      /^MelSpectrogram: offset must be >= .* got 1e-50$/,
    );
  });

  it('counts multiply-adds of the transforms and the bands', () => {
    const options = { sampleRate: 8000, frameLength: 64, hopLength: 32, fftLength: 64 };
    const banded = new MelSpectrogram({ ...options, bands: 8 });
    expect(banded.multiplyAdds([3, 8, 1])).toBe(3 * (1.25 * 64 * 6 + 33 * 8));
    const plain = new MelSpectrogram({ ...options, bands: null });
    expect(plain.multiplyAdds([3, 33, 1])).toBe(3 * 1.25 * 64 * 6);
  });

  it('takes the shape of its input as the first layer of a model', () => {
    for (const shape of [{ inputShape: [90] }, { batchInputShape: [null, 90] }]) {
      const model = tf.sequential({ layers: [new MelSpectrogram({ ...FORMS[0]!, ...shape })] });
      expect(model.inputs[0]!.shape).toEqual([null, 90]);
      expect(model.outputs[0]!.shape).toEqual([null, 4, 6, 1]);
    }
    const layer = new MelSpectrogram({ ...FORMS[0]!, inputShape: [90], batchSize: 2 });
    expect(layer.batchInputShape).toEqual([2, 90]);
    const copy = MelSpectrogram.fromConfig(MelSpectrogram, layer.getConfig()) as MelSpectrogram;
    expect(copy.batchInputShape).toEqual([2, 90]);
  });

  it('round-trips its configuration, and throws on sounds that are too short', () => {
    const layer = new MelSpectrogram({ ...FORMS[1]!, name: 'ears' });
    const copy = MelSpectrogram.fromConfig(MelSpectrogram, layer.getConfig()) as MelSpectrogram;
    expect(copy.name).toBe('ears');
    const x = sounds();
    expect([...(copy.apply(x) as tf.Tensor).dataSync()]).toEqual([
      ...(layer.apply(x) as tf.Tensor).dataSync(),
    ]);
    expect(() => new MelSpectrogram(FORMS[0]!).apply(tf.zeros([1, 8]))).toThrow(
      'MelSpectrogram: samples must be at least a frame (32), got 8',
    );
  });
});
