import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { poolingNames } from '@ds/layers';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli as run, tiny } from './command-line.js';
import { fakeCifar10 } from './fake-cifar10.js';

let folder: string;
beforeAll(async () => {
  folder = await fakeCifar10();
});
afterAll(() => rm(folder, { recursive: true }));

describe('the command line', () => {
  it('compares, prints a table, and writes results and a report', async () => {
    const out = path.join(folder, 'compared');
    const { code, output } = await run([
      'compare',
      ...tiny,
      '--train-images',
      '32',
      '--data',
      folder,
      '--output',
      out,
    ]);
    expect(output).toMatch(/conv .*spectral .*diffstride /s);
    expect(output).toContain("not the paper's protocol");
    expect(code).toBe(0);
    const results = JSON.parse(await readFile(path.join(out, 'results.json'), 'utf8'));
    expect(results).toHaveLength(3);
    const pooled = results.find(
      (r: { config: { pooling: string } }) => r.config.pooling === 'diffstride',
    );
    expect(Object.keys(pooled.final.strides)).toHaveLength(4);
    expect(pooled.epochs[0].evaluation.count).toBe(20);
    await access(path.join(out, 'report.html'));
  });

  it('takes every registered pooling, and reports the shift consistency of each', async () => {
    const out = path.join(folder, 'all');
    const args = ['--poolings', 'all', '--train-images', '16', '--data', folder, '--output', out];
    const { code, output } = await run(['compare', ...tiny, ...args]);
    expect(code).toBe(0);
    const results = JSON.parse(await readFile(path.join(out, 'results.json'), 'utf8'));
    const poolings = results.map((r: { config: { pooling: string } }) => r.config.pooling);
    expect(poolings.sort()).toEqual(['conv', ...poolingNames()].sort());
    for (const { shift } of results) {
      expect(shift.consistency).toBeGreaterThanOrEqual(0);
      expect(shift.consistency).toBeLessThanOrEqual(1);
      expect(shift.diagonal).toHaveLength(9);
    }
    const report = await readFile(path.join(out, 'report.html'), 'utf8');
    for (const name of poolings) {
      expect(output).toContain(name);
      expect(report).toContain(`<td>${name}</td>`);
    }
    // Sixteen networks, built and trained for a step each.
  }, 180_000);

  it('makes the paper’s table at any size', async () => {
    const out = path.join(folder, 'table');
    const size = [
      '--preset',
      'smoke',
      '--width',
      '2',
      '--train-images',
      '16',
      '--test-images',
      '16',
    ];
    const flags = ['--seeds', '1', '--poolings', 'conv', '--data', folder, '--output', out];
    const { code, output } = await run(['table', 'cifar10', ...size, ...flags]);
    expect(output).toMatch(/conv from 3, 2, 3 \(seed 1\): done/);
    expect(output).toMatch(/\(3, 2, 3\) +│ .* % \[82\.0\]/);
    expect(code).toBe(0);
    expect((await readFile(path.join(out, 'table.csv'), 'utf8')).split('\n')).toHaveLength(9);
    expect(await readFile(path.join(out, 'report.html'), 'utf8')).toContain(
      'the paper’s printed values',
    );
  });

  it('prints what a network costs', async () => {
    const { code, output } = await run(['cost', '--pooling', 'blur', '--width', '4']);
    expect(code).toBe(0);
    expect(output).toMatch(/\| stage2\.block0\.pool +\| 16×16×8 +\|/);
    expect(output).toMatch(/\*\*total\*\*/);
    const other = await run(['cost', '--model', 'resnet56', '--pooling', 'diffstride', '--json']);
    expect(other.code).toBe(1);
    expect(other.output).toContain("unknown option '--json'");
  });

  it('learns spans on a text, and prints them for people and for programs', async () => {
    const text = path.join(folder, 'text.txt');
    await writeFile(text, 'to be or not to be, that is the question. '.repeat(12));
    const args = ['--text', text, '--steps', '2', '--window', '16', '--batch', '2'];
    const shown = await run(['spans', ...args, '--max-span', '12', '--initial-span', '4']);
    expect(shown.output).toMatch(/bits a character on text not trained on/);
    expect(shown.code).toBe(0);
    const { output } = await run(['spans', ...args, '--layers', '1', '--json']);
    expect(JSON.parse(output).spans).toHaveLength(1);
  });

  it('times its cases side by side with tfjs as it comes, and reports', async () => {
    const out = path.join(folder, 'speed');
    const args = ['--set', 'quick', '--only', 'gradient', '--repeats', '2', '--no-torch'];
    const { code, output } = await run(['speed', ...args, '--output', out]);
    expect(code).toBe(0);
    expect(output).toMatch(/filter gradient/);
    const { rows, peak } = JSON.parse(await readFile(path.join(out, 'speed.json'), 'utf8'));
    expect(peak).toBeGreaterThan(1);
    const filter = rows.find((row: { case: { kind: string } }) => row.case.kind === 'convolution');
    expect(filter.timings['ds wasm'].gflops).toBeGreaterThan(0);
    // What the whole package is for.
    expect(filter.timings['tfjs wasm'].cannot).toMatch(/Conv2DBackpropFilter/);
    expect(await readFile(path.join(out, 'speed.html'), 'utf8')).toContain('</html>');
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
    const size = ['--preset', 'smoke', '--width', '2', '--test-images', 'all', '--batch-size', '8'];
    const flags = ['--seeds', '1', '--poolings', 'conv', '--data', tree, '--output', out];
    const { code, output } = await run(['table', 'imagenet', ...size, ...flags]);
    expect(output).toMatch(/mean, spread between rows │ .* \[65\.5\]/);
    expect(code).toBe(0);
    const [result] = JSON.parse(await readFile(path.join(out, 'results.json'), 'utf8'));
    expect(result).toMatchObject({ dataset: 'tree', images: { train: 16, test: 8 }, top5: 1 });
    expect(result.config).toMatchObject({ stem: 'imagenet', strides: [2, 1, 2, 2, 2] });
    expect(await readFile(path.join(out, 'report.html'), 'utf8')).toContain('top-5 test accuracy');
    // Six runs, each in a thread of its own.
  }, 60_000);

  it('draws the papers’ pictures', async () => {
    const out = path.join(folder, 'pictures');
    for (const [command, rows] of [
      ['truncate', 48],
      ['regions', 18],
    ] as const) {
      const { code, output } = await run([command, '--data', folder, '--output', out, '--json']);
      expect(code).toBe(0);
      expect(JSON.parse(output)).toHaveLength(rows);
      const page = await readFile(path.join(out, 'report.html'), 'utf8');
      expect(page).toContain('data:image/png;base64,');
      expect((await readFile(path.join(out, 'table.csv'), 'utf8')).split('\n')).toHaveLength(
        rows + 2,
      );
    }
  });

  it.each([
    [['compare', '--poolings', 'conv,maximal'], 'got "maximal"'],
    [['compare', '--strides', '3,x,3'], "must be a number, got 'x'"],
    [
      ['compare', '--preset', 'huge'],
      "argument 'huge' is invalid. Allowed choices are smoke, quick, full",
    ],
    [['train', '--width', '0'], 'width'],
    [['cost', '--pooling', 'maximal'], 'got "maximal"'],
    [['spans', '--text', '/nowhere'], 'text must be a file that can be read'],
    [['train', '--data', '/nowhere'], '--data must name the folder of cifar10'],
    [['table', 'cifar100', '--preset', 'smoke'], '--data must name the folder of cifar100'],
    [['train', '--config', '/nowhere.yaml'], '/nowhere.yaml cannot be read'],
    [['sweep', '/nowhere.yaml'], '/nowhere.yaml cannot be read'],
    [['worker', '--queue', 'http://x'], 'must be redis://'],
    [['queue', '--queue', 'redis://:secret@127.0.0.1:1'], 'no Redis answers there'],
    [['regions', '--ratio', '3'], '--ratio must be in (1, 2], got 3'],
    [['truncate', '--image', '/nowhere.png'], '/nowhere.png cannot be read as an image'],
  ])('%j ends with an error that says what is wrong', async (args, message) => {
    const { code, output } = await run(args);
    expect(output).toContain(message);
    expect(output).not.toContain('    at ');
    expect(output).not.toContain('secret');
    expect(code).toBe(1);
  });
});
