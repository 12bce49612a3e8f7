import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { lacksWebGpu } from '@ds/testing/backends';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCli as run, tiny } from './command-line.js';
import { runCliHere } from './command-line-here.js';
import { fakeMnist } from './fake-mnist.js';
import { fakeSounds, SMALL_RUN } from './fake-sounds.js';

vi.mock('../src/queue/execute-run.js', () => import('./run-here.js'));

let folder: string;
let sounds: string;
/** The file of {@link SMALL_RUN}. */
let small: string;
beforeAll(async () => {
  folder = await fakeMnist(120);
  sounds = await fakeSounds(72);
  small = path.join(folder, 'small.json');
  await writeFile(small, JSON.stringify(SMALL_RUN));
});
afterAll(async () => {
  for (const one of [folder, sounds]) await rm(one, { recursive: true });
});

/** Three starts of the program. Each loads everything again. */
const KILL_TIMEOUT = 180_000;

describe('a run of the command line', () => {
  it('stops when the loss is not finite, and names the step, the layer and the strides', async () => {
    const file = path.join(folder, 'wild.yaml');
    await writeFile(
      file,
      'preset: smoke\ndataset: mnist\nwidth: 2\nschedule: {name: cosine, peak: 1.0e+30}\nweightDecay: 1\nbatchSize: 16\n',
    );
    const size = ['--train-images', '96', '--replicas', '1', '--pooling', 'conv'];
    const args = ['--config', file, ...size, '--data', folder];
    const out = path.join(folder, 'wild');
    const { code, output } = await runCliHere(['train', ...args, '--output', out]);
    expect(output).toMatch(
      /loss must stay finite, got \S+ in epoch 0, step \d+, at learning rate \S+; .*of layer '[^']+'; strides \(/,
    );
    expect(output).not.toContain('trying again');
    expect(code).toBe(1);
    const listed = JSON.parse((await runCliHere(['list', out, '--json'])).stdout);
    expect(listed).toMatchObject([{ state: 'failed', epochs: { done: 0 } }]);
    expect(listed[0].failure).toContain('loss must stay finite');
  });

  it.skipIf(lacksWebGpu)(
    'trains on a GPU, with activations in half precision',
    async () => {
      const out = path.join(folder, 'gpu');
      // Two steps. A GPU in software takes its time for each operation and each sound.
      const network = ['--pooling', 'conv', '--strides', '2', '--epochs', '1'];
      const size = ['--train-images', '8', '--batch-size', '4', '--test-images', '2'];
      const gpu = ['--backend', 'webgpu', '--activations', 'float16'];
      const { code, output } = await run([
        ...['train', '--config', small, ...network, ...size, ...gpu],
        ...['--data', sounds, '--output', out],
      ]);
      expect(output).toContain('Report:');
      expect(code).toBe(0);
      const [id] = await readdir(path.join(out, 'runs'));
      const read = async (name: string) =>
        JSON.parse(await readFile(path.join(out, 'runs', id!, name), 'utf8'));
      expect(await read('environment.json')).toMatchObject({ backend: { name: 'webgpu' } });
      expect(await read('config.json')).toMatchObject({ activations: 'float16', replicas: 1 });
      expect((await read('summary.json')).steps).toHaveLength(2);
    },
    KILL_TIMEOUT,
  );

  it('keeps everything of a run in its folder, and takes it as the file of another', async () => {
    const out = path.join(folder, 'kept');
    const args = ['train', ...tiny, '--train-images', '32', '--epochs', '2', '--replicas', '1'];
    expect((await runCliHere([...args, '--data', folder, '--output', out])).code).toBe(0);
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
      'test.json',
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
    const { code, stdout } = await runCliHere([...again, '--output', path.join(folder, 'again')]);
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

  /** A run that is killed below, of sixteen steps. */
  const killable = (replicas: number) => [
    ...['train', '--config', small, '--pooling', 'diffstride', '--replicas', String(replicas)],
    ...['--train-images', '64', '--test-images', '8', '--batch-size', '8', '--epochs', '2'],
    ...['--checkpoint-every', '2', '--data', sounds],
  ];
  const whole = (replicas: number) => path.join(folder, `whole-${replicas}`);
  const wholes = new Map<number, Promise<{ code: number | null; output: string }>>();
  /** The same run without a kill, once for all tests. Only threads can share a run. */
  const runWhole = (replicas: number) => {
    const start = replicas === 1 ? runCliHere : run;
    const made =
      wholes.get(replicas) ?? start([...killable(replicas), '--output', whole(replicas)]);
    wholes.set(replicas, made);
    return made;
  };
  const resultIn = async (out: string) =>
    JSON.parse(await readFile(path.join(out, 'results.json'), 'utf8'))[0];

  it('shares a run between replicas, and says so', async () => {
    const { code, output } = await runWhole(2);
    expect(output).toMatch(/diffstride \(seed 1\): done/);
    expect(code).toBe(0);
    const result = await resultIn(whole(2));
    expect(result.config.replicas).toBe(2);
    expect(result.backend.kernels).toBe('relaxed-simd');
    expect(result.epochs[0].images).toBe(64);
    expect(result.epochs[0].evaluation.count).toBe(8);
  });

  it.each([1, 2])(
    'continues after kill -9 to the same numbers, with %i replicas',
    async (replicas) => {
      const args = killable(replicas);
      /** The result of a run, without times. */
      const outcome = async (out: string) => {
        const { accuracy, final, shift, epochs, steps } = await resultIn(out);
        const timeless = (list: Record<string, unknown>[]) =>
          list.map(({ seconds: _, imagesPerSecond: __, ...rest }) => rest);
        return { accuracy, final, shift, epochs: timeless(epochs), steps: timeless(steps) };
      };
      expect((await runWhole(replicas)).code).toBe(0);
      const out = path.join(folder, `killed-${replicas}`);
      const checkpoints = async () => {
        const names = await readdir(path.join(out, 'runs'), { recursive: true }).catch(() => []);
        return names.filter((name) => name.endsWith('.ckpt'));
      };
      const delays = [100 * Math.random(), 200 * Math.random()];
      for (const delay of delays) {
        const before = await checkpoints();
        const isSaved = async () => (await checkpoints()).some((name) => !before.includes(name));
        let isDue = false;
        let isOver = false;
        // Counted from the first checkpoint of this start.
        await run([...args, '--output', out, '--resume'], async (_, stop) => {
          if (isDue) return;
          isDue = true;
          while (!isOver && !(await isSaved())) await setTimeout(20);
          await setTimeout(delay);
          stop('SIGKILL');
        });
        isOver = true;
      }
      const { code, output } = await run([...args, '--output', out, '--resume']);
      expect(`${code} after kills at ${delays}: ${output}`).toMatch(/^0 /);
      expect(await outcome(out)).toEqual(await outcome(whole(replicas)));
    },
    KILL_TIMEOUT,
  );

  it('stops cleanly at Ctrl-C and reports what it has', async () => {
    const out = path.join(folder, 'stopped');
    let stopping = false;
    const { code, output } = await run(
      [
        ...['train', '--config', small, '--pooling', 'conv', '--epochs', '10000'],
        ...['--data', sounds, '--output', out],
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
});
