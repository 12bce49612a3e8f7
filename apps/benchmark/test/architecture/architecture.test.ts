import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { addArchitectureCommand } from '../../src/architecture/command.js';
import type { ArchitectureResult } from '../../src/architecture/learn-architecture.js';
import { doesRun } from '../../src/architecture/rows.js';
import { noiseImages } from '../noise-images.js';

vi.mock('@ds/data', async (original) => ({
  ...(await original<typeof import('@ds/data')>()),
  loadCifar10: async () => noiseImages('CIFAR-10', 10),
}));

let folder: string;
let printed: string[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'architecture-'));
  printed = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed.push(`${text}`);
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

it('trains the sizes under a budget, and writes their course', async () => {
  const program = new Command('ds-benchmark').exitOverride();
  addArchitectureCommand(program);
  const network = ['--width', '2', '--stages', '2', '--blocks', '3', '--kernel-size', '5'];
  const training = ['--batch', '2', '--epochs', '1', '--size-learning-rate-scale', '10'];
  const args = ['architecture', ...network, ...training, '--output', folder];
  await program.parseAsync(args, { from: 'user' });

  const result: ArchitectureResult = JSON.parse(
    await readFile(path.join(folder, 'results.json'), 'utf8'),
  );
  expect(result).toMatchObject({ dataset: 'CIFAR-10', images: 10, testImages: 4, epochs: 1 });
  expect(result.steps.map(({ step }) => step)).toEqual(Array.from({ length: 5 }, (_, i) => i + 1));
  expect(result.testAccuracy).toHaveLength(1);
  const { initial, final } = result.macs;
  expect(result.budget).toBe(Math.round(initial / 2));
  expect(final).toBeLessThan(initial);
  expect(result.steps.at(-1)!.macs).toBe(final);
  const sizesOf = (kind: string, rows: ArchitectureResult['initialSizes']) =>
    rows.filter((row) => row.kind === kind).map(({ sizes }) => sizes);
  for (const kind of ['kernel', 'width', 'depth', 'strides']) {
    const before = sizesOf(kind, result.initialSizes);
    expect(before.length).toBeGreaterThan(0);
    expect(sizesOf(kind, result.steps.at(-1)!.sizes)).not.toEqual(before);
  }

  const html = await readFile(path.join(folder, 'report.html'), 'utf8');
  for (const title of ['Cost', 'Kernel sizes', 'Widths', 'Depths', 'Strides']) {
    expect(html).toContain(`<h2>${title}</h2>`);
  }
  expect(html).not.toContain('could not be made');
  const rows = JSON.parse(await readFile(path.join(folder, 'table.json'), 'utf8'));
  expect(rows[0]).toMatchObject({ layer: 'stage1.depth', kind: 'depth', initial: '2.0' });
  expect(printed.join('')).toContain('multiply-adds per image at a budget of');
});

it('leaves out the blocks that do not run', () => {
  const depth = { layer: 'stage1.depth', kind: 'depth' as const, sizes: [1.6], kept: [2] };
  const layers = ['stem', 'stage1.depth/stage1.block1/conv', 'stage1.depth/stage1.block2/conv'];
  expect(layers.map((layer) => doesRun(layer, [depth]))).toEqual([true, true, false]);
});
