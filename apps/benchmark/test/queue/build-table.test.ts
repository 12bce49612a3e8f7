import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildTable } from '../../src/queue/build-table.js';
import { experimentId } from '../../src/queue/table-job.js';
import { runResult } from '../run-result.js';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'table-'));
});
afterAll(() => rm(home, { recursive: true }));

const results = [1, 2, 3].map((seed) => JSON.parse(JSON.stringify(runResult('conv', seed, 0.5))));
const experiment = {
  spec: { experiment: 'compare' as const, poolings: ['conv'] },
  configs: results.map(({ config }) => config),
  context: { preset: 'quick', protocol: null, command: 'x', date: '2026-11-26T10:00:00Z' },
};
const id = experimentId(experiment);

describe('buildTable', () => {
  it('builds a table from valid results of its runs, and notes the others', async () => {
    const forged = { ...results[1], dataset: '<script>alert(1)</script>' };
    const foreign = runResult('blur', 1, 0.9);
    const notes: string[] = [];
    const built = await buildTable(
      {
        job: { ...experiment, id },
        values: [results[2], forged, foreign, null, results[0]],
        outputFolder: home,
        maxRuns: 3,
      },
      (note) => notes.push(note),
    );
    expect(built).toEqual({ runs: 2 });
    expect(notes).toHaveLength(2);
    expect(notes[0]).toMatch(/one of its results is left out: result: .*without < and >/);
    const folder = path.join(home, 'tables', id);
    const kept = JSON.parse(await readFile(path.join(folder, 'results.json'), 'utf8'));
    // Sorted like the runs.
    expect(kept).toEqual([results[0], results[2]]);
    expect(await readFile(path.join(folder, 'report.html'), 'utf8')).not.toContain('<script');
  });

  it('writes no table outside the output folder', async () => {
    const input = { values: results, outputFolder: home, maxRuns: 3 };
    const job = { ...experiment, id: '../../evil' };
    await expect(buildTable({ ...input, job }, () => {})).rejects.toThrow('id must be');
    expect(await readdir(path.dirname(home))).not.toContain('evil');
  });
});
