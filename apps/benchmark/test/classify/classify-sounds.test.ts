import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { audioCnn } from '@ds/models';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveModel } from '../../src/run-folder/saved-model.js';
import { runCliHere } from '../command-line-here.js';
import { fakeSounds } from '../fake-sounds.js';
import { soundResult } from '../sound-result.js';

let run: string;
let sounds: string;
beforeAll(async () => {
  run = await mkdtemp(path.join(tmpdir(), 'ds-classify-sounds-'));
  sounds = await fakeSounds(2, [], path.join(run, 'sounds'));
  await tf.setBackend('cpu');
  const model = audioCnn({
    inputShape: [18, 16, 1],
    tasks: { pitch: 4, loudness: 4 },
    pooling: 'average',
    widths: [2, 3],
    seed: 1,
  });
  await saveModel(model, path.join(run, 'model'));
  model.dispose();
  const result = soundResult('average', 1, 0.5);
  const classes = ['a', 'b', 'c', 'd'];
  result.sound = {
    ...result.sound!,
    seconds: 0.2,
    tasks: [
      { name: 'pitch', classes },
      { name: 'loudness', classes, multiLabel: true },
    ],
  };
  await writeFile(path.join(run, 'summary.json'), JSON.stringify(result));
});
afterAll(() => rm(run, { recursive: true, force: true }));

const classify = (...args: string[]) => runCliHere(['classify', ...args, '--run', run]);

interface Task {
  task: string;
  classes: { name: string; probability: number }[];
}

describe('classify, with a run on sounds', () => {
  it('prints the same classes of one sound in its table and as JSON', async () => {
    const file = path.join(sounds, 'low_soft_0.wav');
    const all: { tasks: Task[] } = JSON.parse(
      (await classify(file, '--json', '--threshold', '0', '--top', '4')).stdout,
    );
    const [pitch, loudness] = all.tasks as [Task, Task];
    for (const { classes } of [pitch, loudness]) expect(classes).toHaveLength(4);
    // Between the two most probable labels.
    const threshold = (loudness.classes[0]!.probability + loudness.classes[1]!.probability) / 2;
    const flags = ['--threshold', `${threshold}`];
    const { tasks }: { tasks: Task[] } = JSON.parse(
      (await classify(file, '--json', ...flags)).stdout,
    );
    expect(tasks.map(({ classes }) => classes)).toEqual([
      pitch.classes.slice(0, 3),
      loudness.classes.slice(0, 1),
    ]);
    const table = (await classify(file, ...flags)).stdout;
    expect(table.match(/│ [abcd] +│/g)).toHaveLength(4);
  });

  it('leaves out what it cannot read of several sounds, and writes into a new folder', async () => {
    const broken = path.join(run, 'broken.wav');
    await writeFile(broken, 'no sound');
    const good = path.join(sounds, 'low_soft_0.wav');
    const output = path.join(run, 'new folder', 'deeper', 'heard.csv');
    const several = await classify(broken, good, '--top', '1', '--output', output);
    expect(several.code).toBe(1);
    expect(several.output).toContain('broken.wav');
    expect(several.stdout).toContain('pitch');
    const lines = (await readFile(output, 'utf8')).trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines.slice(1)) expect(line.startsWith(`${good},`)).toBe(true);
  });

  it('ends with the error of a single sound', async () => {
    const broken = path.join(run, 'alone.wav');
    await writeFile(broken, 'no sound');
    const { code, output, stdout } = await classify(broken, '--hop', '0.1');
    expect(code).toBe(1);
    expect(output).toContain('alone.wav');
    expect(stdout).toBe('');
  });

  it('says before the work that the folder of --output cannot be made', async () => {
    const file = path.join(run, 'file');
    await writeFile(file, '');
    const output = path.join(file, 'heard.csv');
    const { code, output: printed, stdout } = await classify(sounds, '--output', output);
    expect(code).toBe(1);
    expect(printed).toContain(file);
    expect(stdout).toBe('');
  });
});
