import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MetricsLine, openMetrics } from '../../src/run-folder/metrics-file.js';

let file: string;
beforeEach(async () => {
  file = path.join(await mkdtemp(path.join(tmpdir(), 'metrics-')), 'metrics.jsonl');
});
afterEach(() => rm(path.dirname(file), { recursive: true }));

const step = (number: number): MetricsLine => ({
  type: 'step',
  step: number,
  epoch: 0,
  loss: 1,
  accuracy: 0.5,
  learningRate: 0.1,
  imagesPerSecond: 10,
  strides: {},
});
const epoch = (number: number): MetricsLine => ({
  type: 'epoch',
  epoch: number,
  loss: 1,
  accuracy: 0.5,
  testLoss: null,
  testAccuracy: null,
  testTop5: null,
  seconds: 1,
});

const lines = async () =>
  (await readFile(file, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('openMetrics', () => {
  it('appends a line for each', async () => {
    const write = await openMetrics(file, { steps: 0, epochs: 0 });
    write(step(0));
    write(epoch(0));
    expect(await lines()).toEqual([step(0), epoch(0)]);
  });

  it('continues after a step: removes later lines and a cut one', async () => {
    const all = [step(0), step(1), epoch(0), step(2), step(3), epoch(1)];
    const text = all.map((line) => JSON.stringify(line)).join('\n');
    await writeFile(file, `${text}\n{"type":"step","step":1,"lo`);
    const write = await openMetrics(file, { steps: 3, epochs: 1 });
    write(step(3));
    expect(await lines()).toEqual([step(0), step(1), epoch(0), step(2), step(3)]);
  });

  it('starts again at step 0', async () => {
    await writeFile(file, `${JSON.stringify(step(0))}\n`);
    await openMetrics(file, { steps: 0, epochs: 0 });
    expect(await readFile(file, 'utf8')).toBe('');
  });
});
