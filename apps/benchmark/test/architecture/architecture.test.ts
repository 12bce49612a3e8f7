import { existsSync, readFileSync } from 'node:fs';
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

/** The flags of a small training of six steps in two epochs. */
const SMALL = [
  ...['--width', '2', '--stages', '2', '--blocks', '2', '--kernel-size', '3'],
  ...['--initial-kernel-size', '3', '--images', '6', '--batch', '2', '--epochs', '2'],
];

async function architecture(output: string, ...flags: string[]): Promise<ArchitectureResult> {
  const program = new Command('ds-benchmark').exitOverride();
  addArchitectureCommand(program);
  const args = ['architecture', ...SMALL, '--output', output, ...flags];
  await program.parseAsync(args, { from: 'user' });
  return JSON.parse(await readFile(path.join(output, 'results.json'), 'utf8'));
}

it('continues an interrupted training, with the numbers of one without interruption', async () => {
  const whole = await architecture(path.join(folder, 'whole'));
  expect(whole.steps).toHaveLength(6);
  expect(whole.testAccuracy).toHaveLength(2);

  const output = path.join(folder, 'cut');
  const file = path.join(output, 'steps.jsonl');
  const kept = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  const stopper = setInterval(() => {
    const steps = existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
    if (steps < 2) return;
    clearInterval(stopper);
    process.emit('SIGINT', 'SIGINT');
  }, 1);
  const cut = await architecture(output);
  const said = kept.mock.calls.map(([text]) => `${text}`).join('');
  expect(said).toContain('Run the same command with --resume to continue.');
  expect(process.exitCode).toBe(130);
  process.exitCode = 0;
  expect(cut.steps.length).toBeGreaterThanOrEqual(2);
  expect(cut.steps.length).toBeLessThan(6);
  expect(cut.steps).toEqual(whole.steps.slice(0, cut.steps.length));

  expect(await architecture(output, '--resume')).toEqual(whole);
  // A finished training has nothing left to do.
  expect(await architecture(output, '--resume')).toEqual(whole);
});

it('asks what to do with a training that the folder holds', async () => {
  await architecture(folder, '--epochs', '1');
  await expect(architecture(folder, '--epochs', '1')).rejects.toThrow(
    `--output ${folder}: holds a training: add --resume to continue it, or --overwrite to train`,
  );
  await expect(architecture(folder, '--epochs', '2', '--resume')).rejects.toThrow(
    /checkpoint .*: must be of configuration/,
  );
  const anew = await architecture(folder, '--epochs', '2', '--overwrite');
  expect(anew.steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
});

it('leaves out the blocks that do not run', () => {
  const depth = { layer: 'stage1.depth', kind: 'depth' as const, sizes: [1.6], kept: [2] };
  const layers = ['stem', 'stage1.depth/stage1.block1/conv', 'stage1.depth/stage1.block2/conv'];
  expect(layers.map((layer) => doesRun(layer, [depth]))).toEqual([true, true, false]);
});
