import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCliHere } from '../command-line-here.js';
import { noiseImages } from '../noise-images.js';

vi.mock('@ds/data', async (original) => ({
  ...(await original<typeof import('@ds/data')>()),
  fetchCifar10: async () => '',
  loadCifar10: async () => noiseImages('CIFAR-10', 10),
}));
vi.mock('../../src/queue/execute-run.js', () => import('../run-here.js'));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'table-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('table', () => {
  it('makes the paper’s table at any size', async () => {
    const out = path.join(folder, 'table');
    const size = ['--preset', 'smoke', '--width', '2', '--replicas', '1'];
    const flags = ['--seeds', '1', '--poolings', 'conv', '--data', folder, '--output', out];
    const { code, output } = await runCliHere(['table', 'cifar10', ...size, ...flags]);
    expect(output).toMatch(/conv from 3, 2, 3 \(seed 1\): done/);
    expect(output).toMatch(/\(3, 2, 3\) +│ .* % \[82\.0\]/);
    expect(code).toBe(0);
    expect((await readFile(path.join(out, 'table.csv'), 'utf8')).split('\n')).toHaveLength(9);
    expect(await readFile(path.join(out, 'report.html'), 'utf8')).toContain(
      'Diamonds with dashed lines are the paper’s values',
    );
  });

  it('refuses another network than the paper’s, from a flag or a file', async () => {
    const flag = await runCliHere(['table', 'cifar10', '--model', 'mobilenet-v2']);
    expect(flag.output).toContain(
      "table: --model must be resnet18, the network of the paper's tables, got mobilenet-v2",
    );
    const file = path.join(folder, 'run.yaml');
    await writeFile(file, 'model: mobilenet-v2');
    const given = await runCliHere(['table', 'cifar10', '--config', file]);
    expect(given.output).toContain(`table: model in ${file} must be resnet18`);
    for (const { code } of [flag, given]) expect(code).toBe(1);
  });

  it('trains on a tree of image files, and gives ImageNet’s table', async () => {
    const tree = path.join(folder, 'tree');
    for (const [split, count] of [
      ['train', 8],
      ['val', 4],
    ] as const) {
      for (const [label, name] of ['left', 'right'].entries()) {
        await mkdir(path.join(tree, split, name), { recursive: true });
        for (let i = 0; i < count; i++) {
          const background = { r: 255 * label, g: 20 * i, b: 99 };
          await sharp({ create: { width: 40 + i, height: 36, channels: 3, background } })
            .jpeg()
            .toFile(path.join(tree, split, name, `${i}.jpg`));
        }
      }
    }
    const out = path.join(folder, 'imagenet');
    const file = path.join(folder, 'tree.json');
    const run = { preset: 'smoke', dataset: 'imagefolder', imageSize: 32, width: 2 };
    await writeFile(file, JSON.stringify(run));
    const size = ['--config', file, '--test-images', 'all', '--batch-size', '8'];
    const flags = ['--seeds', '1', '--poolings', 'conv', '--data', tree, '--output', out];
    const { code, output } = await runCliHere(['table', 'imagenet', ...size, ...flags]);
    expect(output).toMatch(/mean, spread between rows │ .* \[65\.5\]/);
    expect(code).toBe(0);
    const [result] = JSON.parse(await readFile(path.join(out, 'results.json'), 'utf8'));
    expect(result).toMatchObject({ dataset: 'tree', images: { train: 16, test: 8 }, top5: 1 });
    expect(result.config).toMatchObject({ stem: 'imagenet', strides: [2, 1, 2, 2, 2] });
    expect(await readFile(path.join(out, 'report.html'), 'utf8')).toContain('top-5 test accuracy');
  });
});
