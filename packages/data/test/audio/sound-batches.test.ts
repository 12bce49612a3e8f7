import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Spectrogram } from '../../src/audio/index.js';
import {
  openSoundPattern,
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
      // One sound is stereo, at another rate, and longer.
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
  const values = (batches: SoundBatch[]) =>
    batches.map(({ spectrograms }) => [...spectrograms.dataSync()]);

  it('masks other bands for each sound and epoch, and changes nothing else', async () => {
    const plain = values(await all({ shuffle: { seed: 1, epoch: 0 } })).flat();
    const maskedIn = async (epoch: number) => {
      const specAugment = { frequencyWidth: 4, frequencyMasks: 2, timeMasks: 0 };
      return values(await all({ specAugment, shuffle: { seed: 1, epoch } })).flat();
    };
    const masked = await maskedIn(0);
    expect(await maskedIn(0)).toEqual(masked);
    const changed = masked.flatMap((value, i) => (value === plain[i] ? [] : [value]));
    expect(changed.length).toBeGreaterThan(0);
    expect(new Set(changed)).toEqual(new Set([0]));
    // The masks of two sounds differ.
    const rows = [0, 1, 2, 3].map((at) => masked.slice(at * 88, (at + 1) * 88));
    const bandsOf = (row: number[]) =>
      row
        .slice(0, 8)
        .map((value) => value === 0)
        .join();
    expect(new Set(rows.map(bandsOf)).size).toBeGreaterThan(1);
    await expect(all({ specAugment: {} })).rejects.toThrow(
      'soundBatches: specAugment must be given together with shuffle, whose seed it uses',
    );
  });

  it('yields standardised spectrograms, and one-hot labels for each task', async () => {
    const batches = await all({}, dataset.test);
    expect(batches).toHaveLength(1);
    const { spectrograms, labels } = batches[0]!;
    expect(spectrograms.shape).toEqual([2, 11, 8, 1]);
    expect(labels.map(({ shape }) => shape)).toEqual([
      [2, 2],
      [2, 5],
    ]);
    // Files are sorted by name: high_4_9, low_3_8.
    expect(await labels[0]!.array()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    const [row] = (await spectrograms.array()) as number[][][][];
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

  it('yields a 1 for each of several labels', async () => {
    const several = [[0, 2], [], [1]].map((labels, i) => ({
      ...dataset.train[i]!,
      labels: [labels],
    }));
    const tasks = [{ name: 'heard', classes: ['a', 'b', 'c'], multiLabel: true as const }];
    const { value } = await soundBatches({ tasks }, several, input).next();
    expect(await value!.labels[0]!.array()).toEqual([
      [1, 0, 1],
      [0, 0, 0],
      [0, 1, 0],
    ]);
  });

  it.each([[[0, 1]], [[]], [undefined], [null], ['0']])(
    'refuses the label %j of a task with one label',
    async (label) => {
      const clip = { ...dataset.train[0]!, labels: [label as never, 0] };
      await expect(all({}, [clip])).rejects.toThrow(
        `soundBatches: the label of ${clip.file} for task 'pitch' must be an integer in 0 … 1, got `,
      );
    },
  );

  it.each<[unknown, string]>([
    [{}, 'clips[1].file must be a non-empty string, got undefined'],
    [null, 'clips[1] must be an object, got null'],
    [{ file: 'a.wav' }, 'clips[1].labels must be an array, got undefined'],
  ])('refuses the clip %j', async (clip, message) => {
    await expect(all({}, [dataset.train[0]!, clip as never])).rejects.toThrow(
      `soundBatches: ${message}`,
    );
  });

  it.each<[unknown, string]>([
    [[null], 'dataset.tasks[0] must be an object, got null'],
    [[{ name: 'a' }], 'dataset.tasks[0].classes must be an array, got undefined'],
    [
      [
        { name: 'a', classes: ['x'] },
        { name: 'a', classes: ['y'] },
      ],
      'dataset.tasks must have each task once, got ["a", "a"]',
    ],
  ])('refuses the tasks %j', async (tasks, message) => {
    const batches = soundBatches({ tasks: tasks as never }, dataset.train, input);
    await expect(batches.next()).rejects.toThrow(`soundBatches: ${message}`);
  });

  it('refuses a cache of another sample rate', async () => {
    const cache: SoundCache = new Map();
    await all({ cache });
    const other = { cache, frontEnd: { ...frontEnd, sampleRate: 16_000 } };
    const message = 'cache must have sounds of 16000 Hz, the rate of the front end, got 8000';
    await expect(all(other)).rejects.toThrow(`soundBatches: ${message}`);
    await expect(soundStatistics(dataset.train, { ...input, ...other })).rejects.toThrow(
      `soundStatistics: ${message}`,
    );
    expect(await all({ cache })).toHaveLength(2);
  });

  it('mixes stereo and resamples: the odd sound has the same pitch as the others', async () => {
    const cache: SoundCache = new Map();
    await all({ cache });
    const odd = [...cache].find(([file]) => file.endsWith('_3.wav'))![1];
    expect(odd).toHaveLength(640);
    expect(cache.size).toBe(8);
    const zeroCrossings = odd.filter((v, i) => i > 100 && i < 500 && v * odd[i - 1]! < 0).length;
    expect(zeroCrossings).toBeGreaterThan(190);
  });

  it('shuffles and shifts sounds by seed and epoch', async () => {
    const shuffle = { seed: 1, epoch: 0 };
    const first = values(await all({ shuffle }));
    expect(values(await all({ shuffle }))).toEqual(first);
    expect(values(await all({ shuffle: { seed: 1, epoch: 1 } }))).not.toEqual(first);
    expect(values(await all({}))).not.toEqual(first);
  });

  it('computes mean and deviation of the values', async () => {
    const { mean, std } = await soundStatistics(dataset.train, input);
    const seen = values(await all({ mean: 0, std: 1 })).flat();
    const average = seen.reduce((sum, v) => sum + v, 0) / seen.length;
    expect(mean).toBeCloseTo(average, 3);
    expect(std).toBeCloseTo(
      Math.sqrt(seen.reduce((sum, v) => sum + (v - average) ** 2, 0) / seen.length),
      3,
    );
  });

  it.each([
    [7, 3, [0, 2, 4]],
    [5, 4, [0, 1, 2, 3]],
    [6, 3, [0, 2, 4]],
    [2, 3, [0, 1]],
  ])('reads of %i clips at most %i, evenly spaced', async (clips, count, places) => {
    const read: string[] = [];
    const cache = new (class extends Map<string, Float32Array> {
      override get(file: string) {
        read.push(file);
        return Float32Array.from(tone(500, 0.03));
      }
    })();
    const made = Array.from({ length: clips }, (_, i) => {
      return { file: `${i}`, labels: [0, 0], source: '' };
    });
    await soundStatistics(made, { frontEnd, seconds: 0.05, cache }, count);
    expect(read).toEqual(places.map(String));
  });

  it('computes the deviation of quiet sounds, and of a constant sound', async () => {
    const clips = [0, 1, 2].map((i) => ({ file: `${i}`, labels: [0, 0], source: '' }));
    const linear = { ...frontEnd, bands: null, power: 1, compression: 'none' } as const;
    const spread = async (sample: (t: number) => number) => {
      const cache: SoundCache = new Map(
        clips.map(({ file }, i) => [
          file,
          Float32Array.from({ length: 400 }, (_, t) => sample(t + 400 * i)),
        ]),
      );
      const values = [...cache.values()].flatMap((x) => [...new Spectrogram(linear).transform(x)]);
      const { mean, std } = await soundStatistics(clips, {
        frontEnd: linear,
        seconds: 0.05,
        cache,
      });
      const average = values.reduce((sum, v) => sum + v, 0) / values.length;
      const want = Math.sqrt(
        values.reduce((sum, v) => sum + (v - average) ** 2, 0) / values.length,
      );
      return { mean, std, average, want };
    };
    const quiet = await spread((t) => 1e-8 * Math.sin(t * t));
    expect(quiet.mean / quiet.average).toBeCloseTo(1, 9);
    expect(quiet.std / quiet.want).toBeCloseTo(1, 9);
    expect((await spread(() => 0)).std).toBe(1e-6);
  });

  it('returns the file of each sound', async () => {
    const batches = await all({ shuffle: { seed: 1, epoch: 0 } });
    for (const { files, labels } of batches) {
      expect(files).toHaveLength(labels[0]!.shape[0]);
      const pitches = labels[0]!.argMax(1).dataSync();
      files.forEach((file, i) => {
        expect(path.basename(file).startsWith(pitches[i] === 0 ? 'high' : 'low')).toBe(true);
      });
    }
  });

  it('throws on statistics of a sound that is not finite, and names it', async () => {
    const file = path.join(folder, 'nan.wav');
    const sound = tone(500, 0.03);
    sound[9] = Number.NaN;
    await writeFile(file, wavFile([sound], { bits: 32, isFloat: true }));
    const clip = { file, labels: [0, 0], source: 'nan' };
    const message = `${file}: samples must be finite, at 0.001125 s in channel 0`;
    await expect(soundStatistics([...dataset.train, clip], input)).rejects.toThrow(message);
    await expect(all({}, [clip])).rejects.toThrow(message);
    // The samples are finite, but their spectrum overflows when squared.
    sound[9] = 1e30;
    await writeFile(file, wavFile([sound], { bits: 32, isFloat: true }));
    const squares = { ...input, frontEnd: { ...frontEnd, compression: 'none' as const } };
    await expect(soundStatistics([...dataset.train, clip], squares)).rejects.toThrow(
      `soundStatistics: the spectrogram of ${file} must be finite, got Infinity`,
    );
  });

  it('notes each kind of guess once, and names files that cannot be read', async () => {
    const clips = ['first', 'second'].map((name) => ({
      file: path.join(folder, `${name}.wav`),
      labels: [0, 0],
      source: name,
    }));
    const stream = Buffer.from(wavFile([tone(500, 0.03)]));
    stream.writeUInt32LE(0, 40);
    for (const { file } of clips) await writeFile(file, stream);
    const notes: string[] = [];
    const onNote = (note: string) => notes.push(note);
    await soundStatistics(clips, { ...input, onNote });
    await all({ onNote }, clips);
    expect(notes).toEqual([expect.stringContaining(`${clips[0]!.file}: its data chunk says 0`)]);
    const pipe = { ...clips[0]!, file: path.join(folder, 'pipe') };
    execFileSync('mkfifo', [pipe.file]);
    await expect(all({}, [pipe])).rejects.toThrow(
      `${pipe.file} cannot be read; expected a sound file, but it is a named pipe`,
    );
    const gone = { ...pipe, file: path.join(folder, 'gone.wav') };
    await expect(all({}, [gone])).rejects.toThrow('but it does not exist');
  });

  it('returns the requested labels, and names unknown tasks', async () => {
    const [batch] = await all({ tasks: ['five'] });
    expect(batch!.labels).toHaveLength(1);
    await expect(all({ tasks: ['mood'] })).rejects.toThrow(
      "tasks must be some of pitch, five, got 'mood'",
    );
    await expect(all({ tasks: ['five', 'five'] })).rejects.toThrow(
      'soundBatches: tasks must have each task once, got ["five", "five"]',
    );
    await expect(all({ batchSize: 0 })).rejects.toThrow('batchSize must be an integer >= 1, got 0');
    await expect(all({ seconds: -1 })).rejects.toThrow(
      'seconds must be a finite number in 0.001 … 3600, got -1',
    );
    const front = { ...frontEnd, sampleRate: 8000.5 };
    const message = 'frontEnd.sampleRate must be an integer >= 1 Hz, got 8000.5';
    await expect(all({ frontEnd: front })).rejects.toThrow(`soundBatches: ${message}`);
    await expect(soundStatistics(dataset.train, { ...input, frontEnd: front })).rejects.toThrow(
      `soundStatistics: ${message}`,
    );
    await expect(all({ std: 0 })).rejects.toThrow('std must be a finite number > 0, got 0');
    await expect(all({}, [])).rejects.toThrow('clips must have at least one clip');
    const other = { ...dataset.train[0]!, labels: [2, 0] };
    await expect(all({}, [other])).rejects.toThrow(
      `soundBatches: the label of ${other.file} for task 'pitch' must be an integer in 0 … 1, got 2`,
    );
    const clip = { file: path.join(folder, 'gone.wav'), labels: [0, 0], source: 'x' };
    await expect(all({}, [clip])).rejects.toThrow(
      /^soundBatches: .*gone\.wav cannot be read; expected a sound file/,
    );
    await writeFile(path.join(folder, 'text.txt'), 'no sound');
    await expect(all({}, [{ ...clip, file: path.join(folder, 'text.txt') }])).rejects.toThrow(
      /text\.txt: must begin with 'RIFF'/,
    );
  });
});
