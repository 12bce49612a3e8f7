import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeFailure } from '../../src/run-folder/failure-file.js';
import { claimOutput } from '../../src/run-folder/output-folder.js';
import { listRuns } from '../../src/stored-runs/list-runs.js';
import { runResult } from '../run-result.js';
import { writeOpenRun, writeStoredRun } from './stored-runs.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'list-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const out = (name: string) => path.join(folder, name);
const listed = async () => JSON.parse(await listRuns(folder, true));

describe('listRuns', () => {
  it('reads finished, interrupted and failed runs of several outputs', async () => {
    await writeStoredRun(out('a'), runResult('conv', 1, 0.471));
    await writeOpenRun(out('a'), runResult('max', 2, 0), [0.25, null]);
    const failed = await writeOpenRun(out('deep/b'), runResult('blur', 3, 0), []);
    await writeFailure(failed, 'loss must be finite');
    const runs = await listed();
    expect(runs).toHaveLength(3);
    const of = (pooling: string) =>
      runs.find((run: { pooling: string }) => run.pooling === pooling);
    expect(of('conv')).toMatchObject({
      id: expect.stringMatching(/^conv-seed1-[0-9a-f]{12}$/),
      ...{ state: 'finished', failure: null, score: 47.1, epochs: { done: 1, planned: 3 } },
      ...{ strides: [1, 1, 3, 1, 3], dataset: 'cifar10', seed: 1 },
    });
    expect(of('conv').bytes).toBeGreaterThan(1_000);
    expect(Date.now() - Date.parse(of('conv').written)).toBeLessThan(60_000);
    expect(of('max')).toMatchObject({ state: 'interrupted', score: 25, epochs: { done: 2 } });
    expect(of('blur')).toMatchObject({ state: 'failed', failure: 'loss must be finite' });
    expect(of('blur')).toMatchObject({ score: null, epochs: { done: 0 } });
  });

  it('calls a run running that a process has opened since it took the output', async () => {
    await writeOpenRun(out('a'), runResult('conv', 1, 0), []);
    // The times of files have a granularity of some milliseconds.
    await setTimeout(20);
    const release = await claimOutput(out('a'));
    await setTimeout(20);
    await writeOpenRun(out('a'), runResult('max', 1, 0), [0.1]);
    const states = async () =>
      Object.fromEntries(
        (await listed()).map(({ pooling, state }: Record<string, string>) => [pooling, state]),
      );
    expect(await states()).toEqual({ conv: 'interrupted', max: 'running' });
    await release();
    expect(await states()).toEqual({ conv: 'interrupted', max: 'interrupted' });
  });

  it('prints a table for each output, which fits into 80 columns', async () => {
    vi.stubEnv('COLUMNS', '80');
    await writeStoredRun(out('a'), runResult('diffstride', 1, 0.5));
    await writeStoredRun(out('b'), runResult('conv', 1, 0.4));
    const lines = (await listRuns(folder, false)).split('\n');
    expect(lines).toContain(`${out('b')}/runs, cifar10`);
    expect(lines).toContainEqual(
      expect.stringMatching(/^diffstride-seed1-\w+ +3,1,3 +1\/3 +50\.0 % +finished /),
    );
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('keeps on at damaged files', async () => {
    const run = await writeStoredRun(out('a'), runResult('conv', 1, 0.5));
    await writeFile(path.join(run, 'config.json'), '{');
    await writeFile(path.join(run, 'summary.json'), '{"epochs": 3}');
    expect(await listed()).toMatchObject([
      { state: 'interrupted', pooling: null, epochs: { planned: null } },
    ]);
    expect(await listRuns(folder, false)).toContain('config.json cannot be read');
  });

  it.each(['{}', '[]', '{"dataset": "mnist", "pooling": "conv", "model": "none", "strides": [2]}'])(
    'calls a config.json of %s unreadable, and lists the other runs',
    async (config) => {
      await writeStoredRun(out('a'), runResult('conv', 1, 0.5));
      const other = await writeOpenRun(out('b'), runResult('max', 1, 0), [0.25]);
      await writeFile(path.join(other, 'config.json'), config);
      const text = await listRuns(folder, false);
      expect(text).toContain(`${out('b')}/runs, config.json cannot be read`);
      expect(text).toContain(`${out('a')}/runs, cifar10`);
      const runs = await listed();
      expect(runs.map(({ pooling }: { pooling: string | null }) => pooling)).toEqual([
        'conv',
        null,
      ]);
    },
  );

  it('reports that there are none, and names a missing folder', async () => {
    expect(await listRuns(folder, false)).toBe(`There are no runs below ${folder}`);
    expect(await listed()).toEqual([]);
    await expect(listRuns(out('none'), false)).rejects.toThrow(
      `list: <folder> must be a folder that can be read, got '${out('none')}'`,
    );
  });
});
