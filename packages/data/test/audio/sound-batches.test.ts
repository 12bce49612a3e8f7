import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Spectrogram } from '../../src/audio/index.js';
import {
  inWindow,
  openSoundPattern,
  randomStream,
  type SoundBatch,
  type SoundCache,
  type SoundDataset,
  soundBatches,
  soundStatistics,
} from '../../src/index.js';
import { tone, wavFile } from './wav-file.js';

const frontEnd = { sampleRate: 8000, frameLength: 64, hopLength: 32, bands: 8 };
const input = { batchSize: 4, frontEnd, seconds: 0.05, mean: -3, std: 2 };

describe('soundBatches', () => {
  let folder: string;
  let dataset: SoundDataset;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    folder = await mkdtemp(path.join(tmpdir(), 'tones-'));
    for (let i = 0; i < 10; i++) {
      // One of them is stereo, at another rate, and longer.
      const isOdd = i === 3;
      const rate = isOdd ? 16_000 : 8000;
      const sound = tone(i % 2 ? 2000 : 500, isOdd ? 0.08 : 0.03, rate);
      const file = wavFile(isOdd ? [sound, sound] : [sound], { sampleRate: rate });
      await writeFile(path.join(folder, `${i % 2 ? 'high' : 'low'}_${i % 5}_${i}.wav`), file);
    }
    dataset = await openSoundPattern({
      folder,
      pattern: '{pitch}_{five}_{index}.wav',
      tasks: ['pitch', 'five'],
      test: { index: ['8', '9'] },
    });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function all(options: object, clips = dataset.train): Promise<SoundBatch[]> {
    const found: SoundBatch[] = [];
    for await (const batch of soundBatches(dataset, clips, { ...input, ...options }))
      found.push(batch);
    return found;
  }
  const values = (batches: SoundBatch[]) => batches.map(({ images }) => [...images.dataSync()]);

  it('gives spectrograms, standardised, and one-hot labels for each task', async () => {
    const batches = await all({}, dataset.test);
    expect(batches).toHaveLength(1);
    const { images, labels } = batches[0]!;
    expect(images.shape).toEqual([2, 11, 8, 1]);
    expect(labels.map(({ shape }) => shape)).toEqual([
      [2, 2],
      [2, 5],
    ]);
    // Files are in the order of their names: high_4_9, low_3_8.
    expect(await labels[0]!.array()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    const [row] = (await images.array()) as number[][][][];
    const window = new Float32Array(400);
    window.set(
      tone(2000, 0.03).map((v) => Math.round(v * 2 ** 15) / 2 ** 15),
      80,
    );
    const want = new Spectrogram(frontEnd).transform(window);
    row!.flat(2).forEach((value, i) => {
      expect(value).toBeCloseTo((want[i]! + 3) / 2, 4);
    });
  });

  it('mixes stereo and resamples: the odd one sounds as high as the others', async () => {
    const cache: SoundCache = new Map();
    await all({ cache });
    const odd = [...cache].find(([file]) => file.endsWith('_3.wav'))![1];
    expect(odd).toHaveLength(640);
    expect(cache.size).toBe(8);
    const zeroCrossings = odd.filter((v, i) => i > 100 && i < 500 && v * odd[i - 1]! < 0).length;
    expect(zeroCrossings).toBeGreaterThan(190);
  });

  it('shuffles and places sounds by the seed and the epoch', async () => {
    const shuffle = { seed: 1, epoch: 0 };
    const first = values(await all({ shuffle }));
    expect(values(await all({ shuffle }))).toEqual(first);
    expect(values(await all({ shuffle: { seed: 1, epoch: 1 } }))).not.toEqual(first);
    expect(values(await all({}))).not.toEqual(first);
  });

  it('has the statistics of the values', async () => {
    const { mean, std } = await soundStatistics(dataset.train, input);
    const seen = values(await all({ mean: 0, std: 1 })).flat();
    const average = seen.reduce((sum, v) => sum + v, 0) / seen.length;
    expect(mean).toBeCloseTo(average, 3);
    expect(std).toBeCloseTo(
      Math.sqrt(seen.reduce((sum, v) => sum + (v - average) ** 2, 0) / seen.length),
      3,
    );
  });

  it('gives the labels that are asked for, and names what is not there', async () => {
    const [batch] = await all({ tasks: ['five'] });
    expect(batch!.labels).toHaveLength(1);
    await expect(all({ tasks: ['mood'] })).rejects.toThrow(
      "tasks must be some of pitch, five, got 'mood'",
    );
    await expect(all({ batchSize: 0 })).rejects.toThrow('batchSize must be an integer >= 1, got 0');
    await expect(all({ seconds: -1 })).rejects.toThrow(
      'seconds must be a finite number > 0, got -1',
    );
    await expect(all({ std: 0 })).rejects.toThrow('std must be a finite number > 0, got 0');
    await expect(all({}, [])).rejects.toThrow('clips must be at least one');
    const clip = { file: path.join(folder, 'gone.wav'), labels: [0, 0], source: 'x' };
    await expect(all({}, [clip])).rejects.toThrow(/gone\.wav cannot be read; expected a WAV file/);
    await writeFile(path.join(folder, 'text.txt'), 'no sound');
    await expect(all({}, [{ ...clip, file: path.join(folder, 'text.txt') }])).rejects.toThrow(
      /text\.txt: must begin with 'RIFF'/,
    );
  });
});

describe('inWindow', () => {
  it('takes the middle, or puts it there; at random with a stream', () => {
    const x = Float32Array.of(1, 2, 3, 4, 5);
    expect([...inWindow(x, 3, null)]).toEqual([2, 3, 4]);
    expect([...inWindow(x, 8, null)]).toEqual([0, 1, 2, 3, 4, 5, 0, 0]);
    const random = randomStream(1);
    const starts = new Set(Array.from({ length: 60 }, () => inWindow(x, 3, random)[0]!));
    expect([...starts].sort()).toEqual([1, 2, 3]);
  });
});
