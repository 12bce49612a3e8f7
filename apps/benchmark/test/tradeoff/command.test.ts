import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCliHere } from '../command-line-here.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tradeoff-'));
});
afterAll(() => rm(folder, { recursive: true }));

it.each(['quick', 'full'])(
  'has points from four strides for mobilenet-v2, with preset %s',
  async (preset) => {
    const flags = ['--model', 'mobilenet-v2', '--preset', preset, '--seeds', '1'];
    const where = ['--dataset', 'mnist', '--output', folder];
    const { output } = await runCliHere(['tradeoff', '--lambdas', '1', ...flags, ...where]);
    expect(output).toContain('7 runs: diffstride over λ 1, compared with conv, spectral');
    expect(output).toContain('--data must name the folder of mnist');
  },
);

it('refuses --lambda, which its curve would not have', async () => {
  const { code, output } = await runCliHere(['tradeoff', '--lambda', '0.5']);
  expect(code).toBe(1);
  expect(output).toContain('tradeoff: --lambda must be left out, use --lambdas; got 0.5');
});
