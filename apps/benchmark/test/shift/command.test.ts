import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCliHere } from '../command-line-here.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'shift-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What the command prints before it misses the data. */
const begun = async (...flags: string[]) => {
  const where = ['--dataset', 'mnist', '--output', folder];
  const { output } = await runCliHere(['shift', '--poolings', 'conv,blur', ...flags, ...where]);
  expect(output).toContain('--data must name the folder of mnist');
  return output;
};

it('compares two borders, and only zeros for mobilenet-v2, which has no other', async () => {
  expect(await begun()).toContain('4 runs: 2 poolings under shifts');
  expect(await begun('--model', 'mobilenet-v2')).toContain('2 runs: 2 poolings under shifts');
  expect(await begun('--border', 'circular')).toContain('2 runs: 2 poolings under shifts');
});
