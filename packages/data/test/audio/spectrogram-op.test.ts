import { useBackend } from '@ds/backend';
import { gradientErrors, leakedTensors } from '@ds/testing';
import { BACKENDS, HOST_BACKENDS } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { Spectrogram, type SpectrogramOptions } from '../../src/audio/index.js';
import { spectrogram } from '../../src/audio/mel-spectrogram-layer.js';
import { byProducts, byTransform } from '../../src/audio/spectrogram-op.js';

const mel: SpectrogramOptions = { sampleRate: 8000, frameLength: 48, hopLength: 20, bands: 6 };
const FORMS: SpectrogramOptions[] = [
  { ...mel, fftLength: 64, compression: 'none' },
  { ...mel, hopLength: 60, bands: null, compression: 'none' },
  { ...mel, frameLength: 31, hopLength: 17, power: 1, compression: 'none' },
  { ...mel, frameLength: 30, hopLength: 15, fftLength: 33, center: true, compression: 'none' },
  { ...mel, frameLength: 13, hopLength: 10, fftLength: 64, center: true, compression: 'none' },
  { ...mel, frameLength: 2, hopLength: 1, fftLength: 2, bands: null, compression: 'none' },
];
const SOUNDS = { batch: 2, samples: 150 };

/** Largest difference from the host's spectrogram, relative to its largest value. */
function errorOf(got: tf.Tensor, x: tf.Tensor2D, plan: Spectrogram): number {
  const want = (x.arraySync() as number[][]).flatMap((row) => [...plan.transform(row)]);
  const largest = Math.max(...want.map(Math.abs));
  const values = got.dataSync();
  expect(values).toHaveLength(want.length);
  return Math.max(...want.map((value, i) => Math.abs(value - values[i]!))) / largest;
}

const sounds = () =>
  tf.randomNormal([SOUNDS.batch, SOUNDS.samples], 0, 1, 'float32', 3) as tf.Tensor2D;

describe.each(BACKENDS)('spectrogram on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(FORMS)('equals the host’s, %j', (options) => {
    const plan = new Spectrogram(options);
    const x = sounds();
    expect(leakedTensors(() => spectrogram(x, plan))).toBe(0);
    const got = spectrogram(x, plan);
    expect(got.shape).toEqual([SOUNDS.batch, plan.frames(SOUNDS.samples), plan.bands]);
    expect(errorOf(got, x, plan)).toBeLessThan(1e-5);
    tf.dispose([x, got]);
  });

  it('equals the host’s after a logarithm, also for bands 80 dB below the loudest', () => {
    const tone = tf.tensor2d(
      Array.from(
        { length: SOUNDS.samples },
        (_, t) => Math.sin(0.3 * t) + 1e-4 * Math.sin(2.2 * t),
      ),
      [1, SOUNDS.samples],
    );
    const plan = new Spectrogram({ ...mel, compression: 'decibel' });
    expect(errorOf(spectrogram(tone, plan), tone, plan)).toBeLessThan(1e-4);
    tone.dispose();
  });
});

describe.each(HOST_BACKENDS)('the matrix products on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([
    { ...mel, fftLength: 64 },
    { ...mel, power: 1 as const },
    { ...mel, bands: null },
  ])('equal the transform and have its gradient, %j', (options) => {
    const plan = new Spectrogram(options);
    const frames = tf.randomNormal([3, 48], 0, 1, 'float32', 4) as tf.Tensor2D;
    const [want, got] = [byTransform, byProducts].map((op) => op(frames, plan).dataSync());
    const largest = Math.max(...want!);
    want!.forEach((value, i) => {
      expect(Math.abs(value - got![i]!) / largest).toBeLessThan(1e-5);
    });
    const errors = gradientErrors((x) => byProducts(x as tf.Tensor2D, plan), [frames], [1e-2]);
    for (const error of errors) expect(error).toBeLessThan(2e-2);
    frames.dispose();
  });

  it('read no value', () => {
    const plan = new Spectrogram(mel);
    const frames = tf.ones([3, 48]) as tf.Tensor2D;
    const reads = vi.spyOn(tf.Tensor.prototype, 'dataSync');
    tf.dispose(byProducts(frames, plan));
    expect(reads).not.toHaveBeenCalled();
    reads.mockRestore();
  });
});

describe('spectrogram', () => {
  it.each([
    [
      () => spectrogram(tf.ones([1, 8]), new Spectrogram(mel)),
      /^spectrogram: samples must be at least a frame \(48\), got 8$/,
    ],
    [() => spectrogram(tf.ones([8]) as never, new Spectrogram(mel)), /^spectrogram: x must/],
    [() => spectrogram(tf.ones([1, 99]), mel as never), /^spectrogram: plan must be a Spectrogram/],
    [
      () => spectrogram(tf.ones([1, 99]), new Spectrogram({ ...mel, offset: 1e-50 })),
      /^spectrogram: offset must be >= .* got 1e-50$/,
    ],
  ])('throws on wrong input, %s', (call, message) => {
    expect(call).toThrow(message);
  });
});
