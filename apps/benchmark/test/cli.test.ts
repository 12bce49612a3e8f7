import { access, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { poolingNames } from '@ds/layers';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli as run } from './command-line.js';
import { fakeCifar10 } from './fake-cifar10.js';

let folder: string;
beforeAll(async () => {
  folder = await fakeCifar10();
});
afterAll(() => rm(folder, { recursive: true }));

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

  it('keeps everything of a run in its folder, and takes it as the file of another', async () => {
    const out = path.join(folder, 'kept');
    const args = ['train', ...tiny, '--train-images', '32', '--epochs', '2', '--replicas', '1'];
    expect((await run([...args, '--data', folder, '--output', out])).code).toBe(0);
    const [id] = await readdir(path.join(out, 'runs'));
    const kept = path.join(out, 'runs', id!);
    expect((await readdir(kept)).sort()).toEqual([
      'checkpoints',
      'config.json',
      'environment.json',
      'metrics.jsonl',
      'model',
      'summary.json',
      'tensorboard',
    ]);
    const json = async (name: string) => JSON.parse(await readFile(path.join(kept, name), 'utf8'));
    expect(await json('environment.json')).toMatchObject({
      node: process.version,
      backend: { name: 'wasm' },
    });
    const lines = (await readFile(path.join(kept, 'metrics.jsonl'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type, step, epoch }) => `${type} ${step ?? epoch}`)).toEqual([
      'step 0',
      'step 1',
      'epoch 0',
      'step 2',
      'step 3',
      'epoch 1',
    ]);
    expect(lines.at(-1).testAccuracy).toBe((await json('summary.json')).accuracy);
    // The same run by its file, now for programs.
    const again = ['train', '--config', path.join(kept, 'config.json'), '--json', '--data', folder];
    const { code, stdout } = await run([...again, '--output', path.join(folder, 'again')]);
    expect(code).toBe(0);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.map(({ event }) => event)).toEqual([
      'started',
      ...Array(4).fill('progress'),
      'finished',
      'report',
    ]);
    expect(events[0].runs[0].run).toBe(id);
    expect(events.at(-2).accuracy).toBe((await json('summary.json')).accuracy);
    expect(events.at(-1).rows[0].pooling).toBe('diffstride');
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

  it('stops where the loss ceases to be finite, and says the step, the layer and the strides', async () => {
    const file = path.join(folder, 'wild.yaml');
    await writeFile(
      file,
      'preset: smoke\nwidth: 2\nschedule: {name: cosine, peak: 1.0e+30}\nweightDecay: 1\nbatchSize: 16\n',
    );
    const args = ['--config', file, '--train-images', '160', '--replicas', '1', '--data', folder];
    const out = path.join(folder, 'wild');
    const { code, output } = await run(['train', ...args, '--output', out]);
    expect(output).toMatch(
      /loss must stay finite, got \S+ in epoch 0, step \d+, at learning rate \S+; .*of layer '[^']+'; strides \(/,
    );
    expect(output).not.toContain('trying again');
    expect(code).toBe(1);
  });

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
