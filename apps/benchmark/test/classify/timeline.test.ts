import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { soundFiles } from '@ds/data';
import type { SoundInput } from '@ds/data/audio';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { filesOf } from '../../src/classify/files-of.js';
import { type TimelineRow, timelineOf } from '../../src/classify/timeline.js';
import { timelineFile, timelineTable } from '../../src/classify/timeline-text.js';
import { fakeSounds } from '../fake-sounds.js';

const sound: SoundInput = {
  frontEnd: { sampleRate: 8000, frameLength: 64, hopLength: 32, bands: 16 },
  seconds: 0.05,
  mean: 0,
  std: 1,
  tasks: [{ name: 'pitch', classes: ['low', 'high'] }],
};

/** A network that detects whether the lower or the upper half of the bands has more energy. */
const ears = (x: tf.Tensor) =>
  tf.stack(
    tf.split(x as tf.Tensor4D, 2, 2).map((half) => tf.max(half, [1, 2, 3])),
    1,
  );

let folder: string;
let rows: TimelineRow[];
const notes: string[] = [];

beforeAll(async () => {
  await tf.setBackend('cpu');
  folder = await fakeSounds(2, [], await mkdtemp(path.join(tmpdir(), 'timeline-')));
  const files = await filesOf([folder, path.join(folder, 'low_soft_0.wav')], soundFiles);
  const options = { hop: 0.025, onNote: (one: string) => notes.push(one) };
  rows = (await Promise.all(files.map((file) => timelineOf(ears, file, sound, options)))).flat();
});

it('merges the windows of each file of a folder', () => {
  expect(
    rows.map(({ file, start, end, label }) => [path.basename(file), start, end, label]),
  ).toEqual([
    ['high_soft_1.wav', 0, 0.2, 'high'],
    ['low_soft_0.wav', 0, 0.2, 'low'],
    ['low_soft_0.wav', 0, 0.2, 'low'],
  ]);
  expect(notes).toEqual([]);
});

it('has as many classes of each window as asked for, merged one by one', async () => {
  const file = path.join(folder, 'low_soft_0.wav');
  const options = { hop: 0.025, top: 2, onNote: () => {} };
  const both = await timelineOf(ears, file, sound, options);
  expect(both.map(({ start, end, label }) => [start, end, label])).toEqual([
    [0, 0.2, 'low'],
    [0, 0.2, 'high'],
  ]);
  expect(both[0]!.probability + both[1]!.probability).toBeCloseTo(1, 6);
  expect(await timelineOf(ears, file, sound, { ...options, top: 1 })).toEqual([both[0]]);
});

it('has at most `top` of several labels, and none below the threshold', async () => {
  const file = path.join(folder, 'low_soft_0.wav');
  const several = { ...sound, tasks: [{ ...sound.tasks[0]!, multiLabel: true as const }] };
  const labels = async (more: { top?: number; threshold?: number }) => {
    const options = { hop: 0.025, onNote: () => {}, ...more };
    return (await timelineOf(ears, file, several, options)).map(({ label }) => label);
  };
  expect(await labels({ threshold: 0 })).toEqual(['low', 'high']);
  expect(await labels({ threshold: 0, top: 1 })).toEqual(['low']);
  expect(await labels({ threshold: 1, top: 2 })).toEqual([]);
});

it('shows a column for the file where there are several', () => {
  const text = timelineTable(rows);
  expect(text).toMatch(/high_soft_1\.wav\s+│ 0\.00 s │ 0\.20 s │ high {2}│ \d+\.\d %/);
  expect(text).not.toContain('pitch');
  expect(timelineTable(rows.slice(0, 1))).not.toContain('high_soft_1.wav');
});

it('is written as CSV or JSON, by the file’s ending', () => {
  const row = { file: 'a,b.wav', task: 't', start: 0, end: 1.5, label: 'x', probability: 0.25 };
  expect(timelineFile([row], 'out.CSV')).toBe(
    'file,task,start,end,label,probability\n"a,b.wav",t,0,1.5,x,0.25\n',
  );
  expect(JSON.parse(timelineFile([row], 'out.json'))).toEqual([row]);
});
