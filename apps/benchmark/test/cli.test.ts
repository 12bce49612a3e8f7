import { spawn } from 'node:child_process';
import { access, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { poolingNames } from '@ds/layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'benchmark-'));
  // The form of CIFAR-10, with noise for images.
  const bytes = new Uint8Array(10_000 * 3073);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 31) % 251;
  for (let item = 0; item < 10_000; item++) bytes[item * 3073] = item % 10;
  for (const name of [
    'data_batch_1',
    'data_batch_2',
    'data_batch_3',
    'data_batch_4',
    'data_batch_5',
    'test_batch',
  ]) {
    await writeFile(path.join(folder, `${name}.bin`), bytes);
  }
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the command line; `onOutput` sees what it has printed so far, and can send it a signal. */
function run(
  args: string[],
  onOutput: (text: string, stop: (signal?: NodeJS.Signals) => void) => void = () => {},
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [cli, ...args]);
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk;
      onOutput(output, (signal = 'SIGINT') => child.kill(signal));
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** Four starts of the program, three of which load everything anew. */
const KILL_TIMEOUT = 180_000;

const tiny = ['--preset', 'smoke', '--width', '2', '--test-images', '20', '--batch-size', '16'];

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
    expect((await readFile(path.join(out, 'table.csv'), 'utf8')).split('\n')).toHaveLength(8);
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

  it('shares a run between replicas, and says so', async () => {
    const out = path.join(folder, 'shared');
    const size = [
      '--width',
      '2',
      '--train-images',
      '16',
      '--test-images',
      '16',
      '--batch-size',
      '8',
    ];
    const flags = ['--preset', 'smoke', '--replicas', '2', '--data', folder, '--output', out];
    const { code, output } = await run(['train', ...size, ...flags]);
    expect(output).toMatch(/diffstride \(seed 1\): done/);
    expect(code).toBe(0);
    const [result] = JSON.parse(await readFile(path.join(out, 'results.json'), 'utf8'));
    expect(result.config.replicas).toBe(2);
    expect(result.backend.kernels).toBe('relaxed-simd');
    expect(result.epochs[0].images).toBe(16);
    expect(result.epochs[0].evaluation.count).toBe(16);
  });

  it.each([1, 2])(
    'goes on after kill -9 to the same numbers, with %i replicas',
    async (replicas) => {
      const size = ['--train-images', '240', '--epochs', '2', '--checkpoint-every', '2'];
      const args = ['train', ...tiny, ...size, '--replicas', String(replicas), '--data', folder];
      /** What a run came to, times apart. */
      const outcome = async (out: string) => {
        const [result] = JSON.parse(await readFile(path.join(out, 'results.json'), 'utf8'));
        const { accuracy, final, shift, epochs, steps } = result;
        const timeless = (list: Record<string, unknown>[]) =>
          list.map(({ seconds: _, imagesPerSecond: __, ...rest }) => rest);
        return { accuracy, final, shift, epochs: timeless(epochs), steps: timeless(steps) };
      };
      const whole = path.join(folder, `whole-${replicas}`);
      expect((await run([...args, '--output', whole])).code).toBe(0);
      const out = path.join(folder, `killed-${replicas}`);
      /** Resolves when something was saved. */
      const saved = async () => {
        const found = () => readdir(path.join(out, 'runs'), { recursive: true }).catch(() => []);
        while (!(await found()).some((name) => name.endsWith('.ckpt'))) await setTimeout(20);
      };
      const delays = [500 * Math.random(), 1800 + 1500 * Math.random()];
      for (const delay of delays) {
        let isDue = false;
        // Counted from the first checkpoint of the first start, and from the start of the second.
        await run([...args, '--output', out, '--resume'], async (_, stop) => {
          if (isDue) return;
          isDue = true;
          await saved();
          await setTimeout(delay);
          stop('SIGKILL');
        });
      }
      const { code, output } = await run([...args, '--output', out, '--resume']);
      expect(`${code} after kills at ${delays}: ${output}`).toMatch(/^0 /);
      expect(await outcome(out)).toEqual(await outcome(whole));
    },
    KILL_TIMEOUT,
  );

  it('stops cleanly at Ctrl-C and reports what it has', async () => {
    const out = path.join(folder, 'stopped');
    let stopping = false;
    const { code, output } = await run(
      [
        'train',
        ...tiny,
        '--pooling',
        'conv',
        '--train-images',
        '5000',
        '--epochs',
        '50',
        '--data',
        folder,
        '--output',
        out,
      ],
      (text, stop) => {
        if (!stopping && text.includes('step 1/')) {
          stopping = true;
          stop();
        }
      },
    );
    expect(output).toContain('Stopping after the steps in progress');
    expect(output).toContain('(stopped)');
    expect(code).toBe(130);
    expect(await readFile(path.join(out, 'report.html'), 'utf8')).toContain(
      'Stopped before its end',
    );
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
    [['train', '--data', '/nowhere'], 'data_batch_1.bin cannot be read'],
  ])('%j ends with an error that says what is wrong', async (args, message) => {
    const { code, output } = await run(args);
    expect(output).toContain(message);
    expect(output).not.toContain('    at ');
    expect(code).toBe(1);
  });
});
