import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { runCliHere } from '../command-line-here.js';
import { noiseImages } from '../noise-images.js';

vi.mock('@ds/data', async (original) => ({
  ...(await original<typeof import('@ds/data')>()),
  loadCifar10: async () => noiseImages('CIFAR-10', 10),
}));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pictures-'));
});
afterAll(() => rm(folder, { recursive: true }));

it.each([
  ['truncate', 48],
  ['regions', 18],
])('%s draws the paper’s pictures', async (command, rows) => {
  const out = path.join(folder, command);
  const args = [command, '--data', folder, '--output', out, '--json'];
  const { code, output } = await runCliHere(args);
  expect(code).toBe(0);
  expect(JSON.parse(output)).toHaveLength(rows);
  const page = await readFile(path.join(out, 'report.html'), 'utf8');
  expect(page).toContain('data:image/png;base64,');
  const table = await readFile(path.join(out, 'table.csv'), 'utf8');
  expect(table.split('\n')).toHaveLength(rows + 2);
});
