import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeConfig } from '../../src/config/make-config.js';
import { runCliHere } from '../command-line-here.js';
import { fakeMnist } from '../fake-mnist.js';

vi.mock('../../src/queue/execute-run.js', () => import('../run-here.js'));

let folder: string;
let file: string;

const config = (seed: number) =>
  makeConfig({
    preset: 'smoke',
    dataset: 'mnist',
    pooling: 'conv',
    width: 2,
    trainImages: 32,
    testImages: 20,
    batchSize: 16,
    seed,
  } as Parameters<typeof makeConfig>[0]);

async function store(scores: Record<number, number>): Promise<void> {
  const runs = Object.entries(scores).map(([seed, score]) => ({
    config: config(Number(seed)),
    score,
    shiftConsistency: 0.5,
    macs: 1,
    seconds: 90,
    environment: { node: 'v20' },
  }));
  const about = { title: 'A table', date: '2026-01-01', command: 'ds', preset: 'smoke' };
  await writeFile(file, JSON.stringify({ ...about, rows: [], columns: [], runs }));
}

beforeAll(async () => {
  folder = await fakeMnist(320);
  file = path.join(folder, 'stored.json');
});
afterAll(() => rm(folder, { recursive: true }));

describe('reproduce', () => {
  const run = (name: string, ...flags: string[]) =>
    runCliHere([
      'reproduce',
      name,
      ...flags,
      '--data',
      folder,
      '--output',
      path.join(folder, 'again'),
      '--jobs',
      '1',
    ]);

  it('executes a stored run, and finds its own numbers again', async () => {
    await store({ 1: 0, 2: 0 });
    const first = await run(file, '--seeds', '2');
    expect(first.output).toContain("1 run: 'A table', which took 2 minutes");
    expect(first.code).toBe(0);
    const [row] = JSON.parse(await readFile(path.join(folder, 'again', 'table.json'), 'utf8'));
    expect(row.seed).toBe(2);
    await store({ 2: row.remade / 100 });
    const second = await run(file, '--resume');
    expect(second.output).toContain('Of 1 run, 1 equal the stored number');
  });

  it('refuses a choice that leaves no run, and says what there is', async () => {
    await store({ 1: 0 });
    const { code, output } = await run(file, '--poolings', 'spectral');
    expect(code).toBe(1);
    expect(output).toContain(
      "reproduce: --poolings, --strides and --seeds must leave a run of 'A table', " +
        'which has conv (3,2,3); got none',
    );
  });

  it('names the initial strides of every network', async () => {
    const network = (more: object) => ({
      ...{ config: makeConfig({ preset: 'smoke', pooling: 'conv', ...more }) },
      ...{ score: 0, shiftConsistency: null, macs: 1, seconds: 1, environment: {} },
    });
    const runs = [
      network({ dataset: 'mnist', model: 'mobilenet-v2', strides: [2, 2, 2, 3] }),
      network({ dataset: 'sounds', sounds: { layout: 'esc50' }, strides: [2, 3] }),
    ];
    const about = { title: 'A table', date: '2026-01-01', command: 'ds', preset: 'smoke' };
    await writeFile(file, JSON.stringify({ ...about, rows: [], columns: [], runs }));
    const { output } = await run(file, '--strides', '9');
    expect(output).toContain('which has conv (2,2,2,3), conv (2,3); got none');
  });

  it('refuses an unknown name, and lists the results of the repository with their runs', async () => {
    const { code, output } = await run('60-tradeof-medium');
    expect(code).toBe(1);
    const [, names] = /must be a file, or one of (.*), got '60-tradeof-medium'/.exec(output)!;
    expect(output).toContain('(60-tradeoff-medium?)');
    const results = new URL('../../../../docs/results/', import.meta.url);
    const listed = names!.split(', ');
    for (const name of await readdir(results)) {
      const stored = JSON.parse(await readFile(new URL(name, results), 'utf8'));
      expect(listed.includes(name.replace('.json', '')), name).toBe('runs' in stored);
    }
  });

  it('says what it takes in place of a folder', async () => {
    const { code, output } = await run(folder);
    expect(code).toBe(1);
    expect(output).toMatch(/reproduce: the result must be a file, or one of .*60-tradeoff-medium/);
    expect(output).toContain(`got the folder '${folder}'`);
  });

  it('says that the results of an experiment are no stored result', async () => {
    await writeFile(file, JSON.stringify([{ config: {} }]));
    const { code, output } = await run(file);
    expect(code).toBe(1);
    expect(output.replace(/\s+/g, ' ')).toContain(
      'stored.json: must be one object, as in docs/results, got a list, as in results.json of an ' +
        'experiment; to repeat an experiment, run its command with --overwrite',
    );
  });

  it('says that a result of older times has no runs, and how it was made', async () => {
    const table = { title: 'A table', date: '', command: 'ds-benchmark compare', preset: 'quick' };
    await writeFile(file, JSON.stringify({ ...table, rows: [] }));
    const { code, output } = await run(file);
    expect(code).toBe(1);
    expect(output).toContain(
      'stored.json: must have the configurations of its runs, got none. ' +
        'It was made by: ds-benchmark compare',
    );
  });

  it('names the wrong field of a file', async () => {
    await writeFile(
      file,
      JSON.stringify({ title: 'A table', date: '', command: '', preset: 'quick', runs: 1 }),
    );
    const { code, output } = await run(file);
    expect(code).toBe(1);
    expect(output).toMatch(/stored\.json:\n✖ Invalid input: expected array, got 1\n.*at runs/);
  });
});
