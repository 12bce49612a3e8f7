import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunConfig } from '../../src/config/run-config.js';
import type { RunResult } from '../../src/run/run-result.js';
import { differencesOf } from '../../src/stored-runs/differences.js';
import { reportRuns, specOf } from '../../src/stored-runs/report-runs.js';
import { runResult } from '../run-result.js';
import { testedResult } from '../tested-result.js';
import { writeOpenRun, writeStoredRun } from './stored-runs.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'report-'));
});
afterEach(() => rm(folder, { recursive: true }));

const out = (name: string) => path.join(folder, name);

/** A result with other fields in its configuration. */
function changed(result: RunResult, config: Partial<RunConfig>): RunResult {
  return { ...result, config: { ...result.config, ...config } };
}

async function printed(folders: string[], json = false): Promise<string> {
  let text = '';
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      text += chunk;
      return true;
    }),
  );
  try {
    await reportRuns(folders, { output: out('report'), json });
    return text;
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

describe('reportRuns', () => {
  it('compares poolings of two outputs, and writes what compare writes', async () => {
    await writeStoredRun(out('a'), runResult('conv', 1, 0.4));
    await writeStoredRun(out('a'), runResult('conv', 2, 0.5));
    const max = await writeStoredRun(out('b'), runResult('max', 1, 0.6));
    const text = await printed([out('a'), max]);
    expect(text).toMatch(/^3 runs, which differ in pooling: conv, max; seed: 1, 2\n/);
    expect(text).toMatch(/conv +│ 45\.0 % ± 7\.1 +│ 2 /);
    expect(text).toMatch(/max +│ 60\.0 % /);
    expect(text).toContain('Test images are drawn by the seed, and the rows have different seeds');
    expect(text).toMatch(/Report: file:.*report\.html\n$/);
    const files = ['report.html', 'results.json', 'table.csv', 'table.json'];
    expect((await readdir(out('report'))).sort()).toEqual(files);
    const html = await readFile(path.join(out('report'), 'report.html'), 'utf8');
    expect(html).toContain('quick run (preset <code>quick</code>)');
  });

  it('has a column for each other field that differs, and leaves out unfinished runs', async () => {
    await writeStoredRun(out('a'), runResult('conv', 1, 0.4));
    await writeStoredRun(out('b'), changed(runResult('conv', 1, 0.3), { lambda: 0.5, width: 16 }));
    const open = await writeOpenRun(out('b'), runResult('blur', 1, 0), []);
    const text = await printed([out('a'), out('b')]);
    expect(text).toContain(`Left out, since it is not finished: ${open}`);
    expect(text).toContain('2 runs, which differ in width: 8, 16; lambda: 0, 0.5');
    expect(text).toMatch(/│ width │ lambda │ test accuracy/);
    const html = await readFile(path.join(out('report'), 'report.html'), 'utf8');
    expect(html).toContain('These runs have settings of their own');
    expect(html).not.toContain('quick run');
    const rows = JSON.parse(
      await printed([out('a'), out('b/runs')], true).then((all) => all.slice(all.indexOf('['))),
    );
    expect(rows).toMatchObject([{ lambda: '0' }, { lambda: '0.5' }]);
  });

  it('counts a run once, and reads the results of a table without run folders', async () => {
    const result = runResult('conv', 1, 0.4);
    await writeStoredRun(out('a'), result);
    await mkdir(out('table'));
    const stopped = { ...runResult('max', 1, 0.1), stopped: true };
    const results = [result, runResult('blur', 1, 0.5), stopped];
    await writeFile(path.join(out('table'), 'results.json'), JSON.stringify(results));
    expect(await printed([out('a'), out('a'), out('table')])).toMatch(/^2 runs, .*conv, blur/);
  });

  it.each<[string, (result: RunResult) => RunResult, RegExp]>([
    ['another dataset', (one) => changed(one, { dataset: 'mnist' }), /same dataset, got cifar10/],
    [
      'another number of test images',
      (one) => ({ ...one, images: { ...one.images, test: 5 }, epochs: [] }),
      /same number of test examples, got 10 of 20 \(conv\) and 5 of 20 \(max\)/,
    ],
    [
      'images held out from training',
      (one) => changed(one, { validationImages: 10 }),
      /same number of held-out examples, got none \(conv\) and 10 \(max\)/,
    ],
    ['another image size', (one) => changed(one, { imageSize: 64 }), /image size, got none/],
  ])('refuses runs with %s', async (_, change, message) => {
    await writeStoredRun(out('a'), runResult('conv', 1, 0.4));
    await writeStoredRun(out('b'), change(runResult('max', 1, 0.4)));
    await expect(printed([out('a'), out('b')])).rejects.toThrow(message);
  });

  it('refuses runs on other data, also of a folder of the same name', async () => {
    await writeStoredRun(out('a'), { ...runResult('conv', 1, 0.4), dataHash: 'one' });
    await writeStoredRun(out('b'), { ...runResult('max', 1, 0.6), dataHash: 'two' });
    await expect(printed([out('a'), out('b')])).rejects.toThrow(
      /^report: the runs must have the same data, got data one \(conv.*\) and two \(max/,
    );
  });

  it('replaces the report of an experiment only by its own runs', async () => {
    for (const [name, pooling] of [
      ['a', 'conv'],
      ['b', 'max'],
    ] as const) {
      await writeStoredRun(out(name), runResult(pooling, 1, 0.4));
      await writeFile(path.join(out(name), 'results.json'), '[]');
    }
    const options = { output: out('a'), json: false };
    await expect(reportRuns([out('b'), out('a')], options)).rejects.toThrow('experiment');
    expect(await readFile(path.join(out('a'), 'results.json'), 'utf8')).toBe('[]');
  });

  it('names a folder without finished runs, and one that is missing', async () => {
    await writeOpenRun(out('a'), runResult('conv', 1, 0), []);
    await expect(printed([out('a')])).rejects.toThrow(
      `report: <folders> must contain finished runs, got '${out('a')}' with 1 unfinished`,
    );
    await expect(printed([out('none')])).rejects.toThrow(
      `report: <folders> must be folders that can be read, got '${out('none')}'`,
    );
    await mkdir(out('b'));
    await writeFile(path.join(out('b'), 'results.json'), '[{');
    await expect(printed([out('b')])).rejects.toThrow(
      'results.json: must be a list of results, got damaged content',
    );
  });

  it('has the results by class, and removes those of other runs', async () => {
    const matrix = [
      [3, 2],
      [0, 5],
    ];
    await writeStoredRun(out('a'), testedResult(runResult('conv', 1, 0.4), ['cat', 'dog'], matrix));
    await writeStoredRun(out('b'), runResult('conv', 1, 0.4));
    expect(await printed([out('a')])).toContain('cat taken for dog (2 of 5)');
    const html = await readFile(path.join(out('report'), 'report.html'), 'utf8');
    expect(html).toContain('<h2>By class</h2>');
    expect(await readdir(out('report'))).toEqual(
      expect.arrayContaining(['classes.csv', 'confusion.csv']),
    );
    await printed([out('b')]);
    expect((await readdir(out('report'))).filter((name) => /^c.*\.csv$/.test(name))).toEqual([]);
  });

  it('says that machines differ', async () => {
    await writeStoredRun(out('a'), runResult('conv', 1, 0.4));
    const other = { ...runResult('max', 1, 0.4), environment: { processor: '64 × fast' } };
    await writeStoredRun(out('b'), other);
    expect(await printed([out('a'), out('b')])).toContain('so their speeds do not compare');
  });
});

describe('specOf', () => {
  it('gives options of a pooling a column only if the pooling does not decide them', () => {
    const of = (...results: RunResult[]) => {
      const configs = results.map(({ config }) => config);
      return specOf(configs, differencesOf(configs));
    };
    const [conv, spectral] = [runResult('conv', 1, 0), runResult('spectral', 1, 0)];
    expect(of(conv, spectral)).toEqual({ experiment: 'compare', poolings: ['conv', 'spectral'] });
    const ortho = changed(spectral, { poolingConfig: { norm: 'ortho' } });
    expect(of(spectral, ortho)).toMatchObject({ experiment: 'grid', axes: ['poolingConfig.norm'] });
    const fast = changed(spectral, { schedule: { name: 'cosine', peak: 0.2 } });
    expect(of(conv, spectral, fast)).toMatchObject({ axes: ['pooling', 'schedule.peak'] });
  });
});
