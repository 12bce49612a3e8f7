import { access, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCli, tiny } from './command-line.js';
import { runCliHere } from './command-line-here.js';
import { fakeMnist } from './fake-mnist.js';

vi.mock('../src/queue/execute-run.js', () => import('./run-here.js'));

let folder: string;
beforeAll(async () => {
  folder = await fakeMnist();
});
afterAll(() => rm(folder, { recursive: true }));

describe('the command line', () => {
  it('compares, prints a table, and writes results and a report', async () => {
    const out = path.join(folder, 'compared');
    const flags = ['--train-images', '32', '--data', folder, '--output', out];
    const { code, output } = await runCliHere(['compare', ...tiny, ...flags, '--jobs', '1']);
    expect(output).toMatch(/conv .*spectral .*diffstride /s);
    expect(output).toContain("not the paper's protocol");
    expect(code).toBe(0);
    const results = JSON.parse(await readFile(path.join(out, 'results.json'), 'utf8'));
    expect(results).toHaveLength(3);
    const pooled = results.find(
      (r: { config: { pooling: string } }) => r.config.pooling === 'diffstride',
    );
    expect(Object.keys(pooled.final.strides)).toHaveLength(4);
    expect(pooled.epochs[0].evaluation.count).toBe(16);
    await access(path.join(out, 'report.html'));
  });

  it('prints its version, and those of tfjs and Node', async () => {
    const { code, stdout } = await runCliHere(['--version']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+ \(tfjs 4\.\d+\.\d+, Node \d+\.\d+\.\d+\)\n$/);
    expect(code).toBe(0);
  });

  it('names the nearest flag for a wrong one, and prints no page of help', async () => {
    const { code, output } = await runCliHere(['train', '--poling', 'conv']);
    expect(output.trim().split('\n')).toEqual([
      "error: unknown option '--poling'",
      '(Did you mean --pooling?)',
      '(--help lists all flags)',
    ]);
    expect(code).toBe(1);
  });

  it('prints what a network costs', async () => {
    const { code, output } = await runCliHere(['cost', '--pooling', 'blur', '--width', '4']);
    expect(code).toBe(0);
    expect(output).toMatch(/\| stage2\.block0\.pool +\| 16×16×8 +\|/);
    expect(output).toMatch(/\*\*total\*\*/);
    const other = await runCliHere([
      'cost',
      '--model',
      'resnet56',
      '--pooling',
      'diffstride',
      '--json',
    ]);
    expect(other.code).toBe(1);
    expect(other.output).toContain("unknown option '--json'");
  });

  it('learns spans on a text, and prints them as text and as JSON', async () => {
    const text = path.join(folder, 'text.txt');
    await writeFile(text, 'to be or not to be, that is the question. '.repeat(12));
    const args = ['--text', text, '--steps', '2', '--window', '16', '--batch', '2'];
    const shown = await runCliHere(['spans', ...args, '--max-span', '12', '--initial-span', '4']);
    expect(shown.output).toMatch(/bits per character on the validation text/);
    expect(shown.output).toMatch(/The cache holds the last 12 of 15 positions, 80 %/);
    expect(shown.code).toBe(0);
    const { output } = await runCliHere([
      'spans',
      ...args,
      '--layers',
      '1',
      '--positions',
      'relative',
      '--json',
    ]);
    const { spans, saving } = JSON.parse(output);
    expect(spans).toHaveLength(1);
    // 15 earlier characters, and products with keys, distances and values of 16 numbers.
    expect(saving.fullHead).toMatchObject({ positions: 15, multiplyAdds: 15 * 3 * 16 });
  });

  it('times its cases side by side with tfjs as it comes, and reports', async () => {
    const out = path.join(folder, 'speed');
    const args = ['--set', 'quick', '--only', 'gradient', '--repeats', '2', '--no-torch'];
    const contenders = ['--contenders', 'ds wasm', 'tfjs wasm', '--no-replicas'];
    const { code, output } = await runCli(['speed', ...args, ...contenders, '--output', out]);
    expect(code).toBe(0);
    expect(output).toMatch(/filter gradient/);
    const { rows, peak, nativePeak, machine } = JSON.parse(
      await readFile(path.join(out, 'speed.json'), 'utf8'),
    );
    expect(peak).toBeGreaterThan(1);
    // PyTorch was left out.
    expect(nativePeak).toBeNull();
    expect(machine).toMatch(/256-bit vectors of WebAssembly (on|off)$/);
    const filter = rows.find((row: { case: { kind: string } }) => row.case.kind === 'convolution');
    expect(filter.timings['ds wasm'].gflops).toBeGreaterThan(0);
    // What the whole package is for.
    expect(filter.timings['tfjs wasm'].cannot).toMatch(/Conv2DBackpropFilter/);
    expect(await readFile(path.join(out, 'speed.html'), 'utf8')).toContain('</html>');
  });

  it.each([
    [['compare', '--poolings', 'conv,maximal'], 'got "maximal"'],
    [['compare', '--strides', '3,x,3'], "must be a number, got 'x'"],
    [
      ['compare', '--preset', 'huge'],
      "argument 'huge' is invalid. Allowed choices are smoke, quick, medium, full",
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
    const { code, output } = await runCliHere(args);
    expect(output).toContain(message);
    expect(output).not.toContain('    at ');
    expect(output).not.toContain('secret');
    expect(code).toBe(1);
  });

  it('ends a process with its error, without a stack', async () => {
    const { code, output, stdout } = await runCli(['sweep', '/nowhere.yaml']);
    expect(output).toMatch(/^.*\/nowhere\.yaml cannot be read.*\n$/);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });
});
