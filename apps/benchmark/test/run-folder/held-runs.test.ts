import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { requireChoice } from '../../src/run-folder/held-runs.js';
import { runFolder } from '../../src/run-folder/run-folder.js';
import { writeFinishedRun } from '../finished-run.js';
import { runResult } from '../run-result.js';

let outputFolder: string;
beforeEach(async () => {
  outputFolder = await mkdtemp(path.join(tmpdir(), 'held-'));
});
afterEach(() => rm(outputFolder, { recursive: true }));

const results = [1, 2, 3].map((seed) => runResult('conv', seed, 0.5));
const configs = results.map(({ config }) => config);
const ask = (choice: { resume?: boolean; overwrite?: boolean } = {}) =>
  requireChoice(configs, { outputFolder, resume: false, overwrite: false, ...choice });

it('asks nothing if none of the runs exists', async () => {
  await ask();
  const other = runFolder(outputFolder, runResult('max', 1, 0.5).config);
  await mkdir(other, { recursive: true });
  await writeFile(path.join(other, 'config.json'), '{}');
  await ask();
});

it('asks what to do with finished and interrupted runs, and takes either answer', async () => {
  await writeFinishedRun(outputFolder, results[0]!);
  const interrupted = runFolder(outputFolder, configs[1]!);
  await mkdir(interrupted, { recursive: true });
  await writeFile(path.join(interrupted, 'config.json'), JSON.stringify(configs[1]));
  const refused = ask();
  await expect(refused).rejects.toThrow(`--output '${outputFolder}' already holds 2 of the 3 runs`);
  await expect(refused).rejects.toThrow('1 finished, 1 interrupted');
  await expect(refused).rejects.toThrow('--resume');
  await expect(refused).rejects.toThrow('--overwrite');
  await ask({ resume: true });
  await ask({ overwrite: true });
});
