import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { classifyWindows, type HeardWindow, mergeWindows } from '../../src/audio/index.js';
import { soundWindows } from '../../src/audio/sound-windows.js';
import { tone } from './wav-file.js';

const sound = {
  frontEnd: { sampleRate: 8000, frameLength: 64, hopLength: 32, bands: 16 },
  seconds: 0.1,
  mean: 0,
  std: 1,
  tasks: [{ name: 'pitch', classes: ['low', 'high'] }],
};

/** A network that detects whether the lower or the upper half of the bands has more energy. */
function ears(x: tf.Tensor): tf.Tensor {
  return tf.stack(
    tf.split(x as tf.Tensor4D, 2, 2).map((half) => tf.max(half, [1, 2, 3])),
    1,
  );
}

async function heard(...given: Parameters<typeof classifyWindows>): Promise<HeardWindow[]> {
  const windows: HeardWindow[] = [];
  for await (const one of classifyWindows(...given)) windows.push(one);
  return windows;
}

describe('soundWindows', () => {
  it('cover the sound, for any sizes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 25 }),
        fc.integer({ min: 1, max: 40 }),
        async (sizes, length, hop) => {
          let at = 0;
          const pieces = sizes.map((size) => Float32Array.from({ length: size }, () => at++));
          const want: number[][] = [];
          const from = (first: number, end: number) =>
            Array.from({ length: end - first }, (_, i) => first + i);
          for (let i = 0; i + length <= at; i += hop) want.push(from(i, i + length));
          const last = want.at(-1)?.at(-1) ?? -1;
          if (last < at - 1) want.push(from(Math.max(0, at - length), at));
          const got: number[][] = [];
          for await (const { start, end, samples } of soundWindows(pieces, 1, length, hop)) {
            expect([start, end]).toEqual([samples[0], samples.at(-1)! + 1]);
            got.push([...samples]);
          }
          expect(got).toEqual(want);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('classifyWindows', () => {
  beforeAll(() => tf.setBackend('cpu'));

  it('finds when the tone changes, at another sample rate', async () => {
    const rate = 16_000;
    const samples = [...tone(300, 0.4, rate), ...tone(3000, 0.4, rate), ...tone(300, 0.2, rate)];
    const all = Float32Array.from(samples);
    const pieces = [all.subarray(0, 5000), all.subarray(5000)];
    const before = tf.memory().numTensors;
    const windows = await heard(ears, pieces, rate, sound, { hop: 0.1 });
    expect(tf.memory().numTensors).toBe(before);
    expect(windows).toHaveLength(10);
    const events = mergeWindows(windows);
    expect(events.map(({ label, start, end }) => [label, start, end])).toEqual([
      ['low', 0, 0.4],
      ['high', 0.4, 0.8],
      ['low', 0.8, 1],
    ]);
    for (const { probability } of events) expect(probability).toBeGreaterThan(0.9);
  });

  it('overlaps by half by default, and takes windows of other lengths', async () => {
    const piece = Float32Array.from(tone(300, 0.35));
    const starts = async (options: object) =>
      (await heard(ears, [piece], 8000, sound, options)).map(({ start, end }) => [start, end]);
    expect(await starts({})).toHaveLength(6);
    expect(await starts({ window: 0.2 })).toEqual([
      [0, 0.2],
      [0.1, 0.3],
      [0.15, 0.35],
    ]);
    expect(await starts({ window: 1 })).toEqual([[0, 0.35]]);
  });

  it('throws on wrong input', async () => {
    await expect(heard(ears, [], 8000, sound)).rejects.toThrow(
      'classifyWindows: pieces must have at least one sample, got none',
    );
    await expect(heard(ears, [], 8000, sound, { hop: 0 })).rejects.toThrow(
      'classifyWindows: hop must be',
    );
    await expect(heard(ears, new Float32Array(9) as never, 8000, sound)).rejects.toThrow(
      'classifyWindows: pieces[0] must be a Float32Array, got 0',
    );
    const piece = Float32Array.from(tone(300, 0.35));
    await expect(heard(ears, [piece], 8000, { ...sound, std: 0 })).rejects.toThrow(
      'classifyWindows: std must be a finite number > 0, got 0',
    );
  });
});

describe('mergeWindows', () => {
  const window = (start: number, end: number, name: string, probability: number) => ({
    start,
    end,
    tasks: [{ task: 'a', classes: [{ name, probability }] }],
  });

  it('merges neighbours of one label and averages them, and no others', () => {
    const windows = [
      window(0, 2, 'x', 0.5),
      window(1, 3, 'x', 0.7),
      window(3, 5, 'x', 0.9),
      window(4, 6, 'y', 0.6),
      window(5, 7, 'x', 0.4),
      window(8, 9, 'x', 0.8),
    ];
    const events = mergeWindows(windows);
    expect(events.map(({ start, end, label }) => [start, end, label])).toEqual([
      [0, 5, 'x'],
      [4, 6, 'y'],
      [5, 7, 'x'],
      [8, 9, 'x'],
    ]);
    expect(events[0]!.probability).toBeCloseTo(0.7, 12);
  });

  it('merges each label of a multi-label task over a threshold', () => {
    const at = (start: number, wren: number, robin: number): HeardWindow => ({
      start,
      end: start + 2,
      tasks: [
        {
          task: 'heard',
          classes: [
            { name: 'wren', probability: wren },
            { name: 'robin', probability: robin },
          ],
          multiLabel: true,
        },
      ],
    });
    const windows = [at(0, 0.9, 0.1), at(1, 0.7, 0.6), at(2, 0.2, 0.8), at(6, 0.9, 0.1)];
    const rows = (options?: { threshold: number }) =>
      mergeWindows(windows, options).map((event) => [
        event.label,
        event.start,
        event.end,
        Number(event.probability.toFixed(6)),
      ]);
    expect(rows()).toEqual([
      ['wren', 0, 3, 0.8],
      ['robin', 1, 4, 0.7],
      ['wren', 6, 8, 0.9],
    ]);
    expect(rows({ threshold: 0.75 })).toEqual([
      ['wren', 0, 2, 0.9],
      ['robin', 2, 4, 0.8],
      ['wren', 6, 8, 0.9],
    ]);
    expect(() => mergeWindows(windows, { threshold: 2 })).toThrow('mergeWindows: threshold must');
  });

  it('ends with the later window, also if it is inside of the other', () => {
    const nested = [window(0, 10, 'x', 0.5), window(1, 2, 'x', 0.7), window(9, 11, 'x', 0.6)];
    expect(mergeWindows(nested).map(({ start, end }) => [start, end])).toEqual([[0, 11]]);
    expect(mergeWindows(nested.slice(0, 2))[0]).toMatchObject({ start: 0, end: 10 });
  });

  it('refuses windows out of order', () => {
    expect(() => mergeWindows([window(5, 6, 'x', 0.5), window(0, 1, 'x', 0.5)])).toThrow(
      'mergeWindows: windows[1].start must be at least 5, the start of windows[0], got 0',
    );
  });

  it.each<[unknown, string]>([
    [null, 'tasks[0] must be an object, got null'],
    [{ classes: [] }, 'tasks[0].task must be a non-empty string, got undefined'],
    [{ task: 'a' }, 'tasks[0].classes must be an array, got undefined'],
    [
      { task: 'a', classes: [{ name: 'x' }] },
      'tasks[0].classes[0] must be { name, probability }, a string and a finite number, got { name }',
    ],
    [{ task: 'a', classes: [null] }, 'tasks[0].classes[0] must be { name, probability }'],
  ])('refuses the task %j', (task, message) => {
    const windows = [{ start: 0, end: 1, tasks: [task as never] }];
    expect(() => mergeWindows(windows)).toThrow(`mergeWindows: windows[0].${message}`);
  });
});
