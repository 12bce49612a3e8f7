import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { classifySound } from '../../src/audio/classify-sound.js';
import { soundBatches, soundStatistics } from '../../src/audio/sound-batches.js';

const frontEnd = { sampleRate: 8000, frameLength: 256, hopLength: 128, bands: 4 };
const input = { frontEnd, mean: 0, std: 1 };
const tasks = [{ name: 'word', classes: ['no', 'yes'] }];
const clips = [{ file: 'a.wav', labels: [0] }];

describe('the length of a window', () => {
  it.each([
    [3600.5, 'in 0.001 … 3600, got 3600.5'],
    [1e-9, 'in 0.001 … 3600, got 1e-9'],
    [0, 'in 0.001 … 3600, got 0'],
    [Number.POSITIVE_INFINITY, 'in 0.001 … 3600, got Infinity'],
    ['1', 'in 0.001 … 3600, got "1"'],
  ])('has one limit in every function: %j', async (seconds, message) => {
    const rule = `seconds must be a finite number ${message}`;
    const given = { ...input, seconds: seconds as number };
    await expect(
      classifySound(() => [], new Float32Array(8), 8000, { ...given, tasks }),
    ).rejects.toThrow(`classifySound: ${rule}`);
    const batches = soundBatches({ tasks }, clips as never, { ...given, batchSize: 1 });
    await expect(batches.next()).rejects.toThrow(`soundBatches: ${rule}`);
  });

  it.each([
    [frontEnd, 0.01, '256 samples, 0.032 s'],
    [{ ...frontEnd, fftLength: 512, center: true }, 0.001, null],
  ])('is at least a frame of %o', async (front, seconds, frame) => {
    const given = { ...input, frontEnd: front, seconds };
    const rule = `seconds must be at least a frame of the spectrogram (${frame}), got ${seconds}`;
    const heard = classifySound(() => [tf.zeros([1, 2])], new Float32Array(8), 8000, {
      ...given,
      tasks,
    });
    if (frame === null) {
      expect(await heard).toHaveLength(1);
      return;
    }
    await expect(heard).rejects.toThrow(`classifySound: ${rule}`);
    const batches = soundBatches({ tasks }, clips as never, { ...given, batchSize: 1 });
    await expect(batches.next()).rejects.toThrow(`soundBatches: ${rule}`);
    await expect(soundStatistics(clips as never, given)).rejects.toThrow(
      `soundStatistics: ${rule}`,
    );
  });
});
