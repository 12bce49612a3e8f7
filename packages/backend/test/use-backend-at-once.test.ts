import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { lacksWebGpu } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BackendInfo, type BackendName, useBackend } from '../src/index.js';

const names = (infos: BackendInfo[]) => infos.map(({ name }) => name);
/** Runs a computation, which needs a backend that is ready. */
const works = () => {
  const x = tf.tensor1d([1, 2, 3]);
  const y = tf.add(x, 1);
  expect(Array.from(y.dataSync())).toEqual([2, 3, 4]);
  tf.dispose([x, y]);
};

describe('concurrent calls in one process', () => {
  it.each([
    [['wasm', 'wasm'], 'wasm'],
    [[undefined, undefined, undefined], 'wasm'],
    [['cpu', 'cpu'], 'cpu'],
    [['cpu', 'wasm'], 'wasm'],
    [['wasm', 'cpu'], 'cpu'],
    [['auto', 'cpu', 'wasm', 'cpu'], 'cpu'],
    [['wasm', 'cpu', 'wasm'], 'wasm'],
  ] as const)('%j end on %s, and each call reports it', async (asked, winner) => {
    const infos = await Promise.all(asked.map((name) => useBackend(name)));
    expect(tf.getBackend()).toBe(winner);
    expect(names(infos)).toEqual(asked.map(() => winner));
    works();
  });

  it('run once if they are equal', async () => {
    const [first, second] = await Promise.all([useBackend('wasm'), useBackend('wasm')]);
    expect(second).toBe(first);
    const [on, off] = await Promise.all([
      useBackend('wasm'),
      useBackend('wasm', { without: ['wasm/Sum'] }),
    ]);
    expect(on).toMatchObject({ name: 'wasm', without: ['wasm/Sum'] });
    expect(off).toMatchObject({ name: 'wasm', without: ['wasm/Sum'] });
  });

  it('report the later call that won', async () => {
    const [first, second] = await Promise.all([useBackend('wasm'), useBackend('cpu')]);
    expect(second.reason).toBe('asked for by name');
    expect(first.reason).toBe(
      "asked for by name; useBackend('cpu') was called after useBackend('wasm'), before that ended",
    );
  });

  it('ignore a later call that fails', async () => {
    const [first, second] = await Promise.allSettled([
      useBackend('wasm'),
      useBackend('tensorflow'),
    ]);
    expect(second.status).toBe('rejected');
    expect(first).toMatchObject({ status: 'fulfilled', value: { name: 'wasm' } });
    expect(tf.getBackend()).toBe('wasm');
  });

  it('may start while others run', async () => {
    const first = useBackend('wasm');
    await null;
    const second = useBackend('cpu');
    const third = second.then(() => useBackend('wasm'));
    expect(names([await second, await third])).toEqual(['cpu', 'wasm']);
    expect((await first).name).toBe('cpu');
  });

  it('throw if tf.setBackend has chosen another backend in the meantime', async () => {
    await useBackend('wasm');
    let told = '';
    useBackend('wasm').catch((error: Error) => {
      told = error.message;
    });
    for (let i = 0; i < 1000 && !told; i++) await tf.setBackend('cpu');
    expect(told).toBe("useBackend: 'wasm' started, but tf.setBackend put tfjs on 'cpu' meanwhile");
    works();
  });
});

describe('a start that fails', () => {
  const failing = 'webgl' as BackendName;
  let isFailing = true;
  beforeAll(() => {
    tf.registerBackend(failing, async () => {
      await null;
      if (isFailing) throw new Error('no such card');
      return tf.findBackend('cpu');
    });
  });
  afterAll(() => tf.removeBackend(failing));

  it.each(['cpu', 'wasm'] as const)('leaves %s in use, and reports the cause', async (before) => {
    await useBackend(before);
    const x = tf.tensor1d([1, 2, 3]);
    const start = useBackend(failing);
    // The backend in use still computes while another one starts.
    await null;
    expect(tf.getBackend()).toBe(before);
    works();
    const error = await start.catch((reason: Error) => reason);
    expect(error).toMatchObject({
      message: "useBackend: 'webgl' did not start",
      cause: { message: 'no such card' },
    });
    expect(tf.getBackend()).toBe(before);
    expect(Array.from(tf.mul(x, 2).dataSync())).toEqual([2, 4, 6]);
    works();
    x.dispose();
  });

  it('can be tried again', async () => {
    await useBackend('cpu');
    await expect(useBackend(failing)).rejects.toThrow('did not start');
    isFailing = false;
    expect((await useBackend(failing)).name).toBe(failing);
    isFailing = true;
    await useBackend('cpu');
  });
});

describe('a loop over backends', () => {
  const registries = () =>
    ['cpu', 'wasm', 'webgpu'].map((name) => tf.getKernelsForBackend(name).length);
  const listeners = () =>
    process.eventNames().map((event) => [String(event), process.listenerCount(event)]);
  it('leaves no tensors, listeners, kernels or globals behind', async () => {
    const loop = async () => {
      for (const name of ['cpu', 'wasm', ...(lacksWebGpu ? [] : ['webgpu' as const])] as const) {
        await useBackend(name);
        works();
        await useBackend('tensorflow').catch(() => undefined);
        await Promise.all([useBackend('cpu'), useBackend(name, { without: [] })]);
      }
    };
    const state = () => ({
      tensors: tf.memory().numTensors,
      registries: registries(),
      listeners: listeners(),
      globals: Reflect.ownKeys(globalThis).length,
      backends: tf.engine().backendNames(),
    });
    await loop();
    const before = state();
    for (let i = 0; i < 3; i++) await loop();
    expect(state()).toEqual(before);
  });
});

/** Runs programs against the built package, each in a separate process. */
describe('concurrent calls in a separate process', () => {
  const here = fileURLToPath(new URL('..', import.meta.url));
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(here, 'node_modules', '.ds-at-once-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const execute = async (lines: string) => {
    const file = path.join(folder, `program-${Math.random()}.mjs`);
    await writeFile(
      file,
      `import * as tf from '@tensorflow/tfjs';
       import { useBackend } from '${new URL('../dist/index.js', import.meta.url)}';
       const tell = (infos) => {
         const [, three] = tf.add(tf.tensor1d([1, 2]), 1).dataSync();
         console.log(tf.getBackend(), ...infos.map(({ name }) => name), three);
       };
       ${lines}`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, [file], { timeout: 50_000 });
    return stdout.trim().split('\n').at(-1);
  };

  it.each([
    [`tell(await Promise.all([useBackend('wasm'), useBackend('wasm')]));`, 'wasm wasm wasm 3'],
    [`tell(await Promise.all([useBackend(), useBackend()]));`, 'wasm wasm wasm 3'],
    [`tell(await Promise.all([useBackend('cpu'), useBackend('wasm')]));`, 'wasm wasm wasm 3'],
    // By default, tfjs chooses the best registered backend.
    [
      `import '@tensorflow/tfjs-backend-wasm';
       const [, info] = await Promise.all([tf.ready(), useBackend('wasm')]); tell([info]);`,
      'wasm wasm 3',
    ],
    [`await useBackend('tensorflow').catch(() => 0); tell([]);`, 'cpu 3'],
    [
      `import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
       setWasmPaths('/nowhere/');
       tell(await Promise.all([useBackend(), useBackend()]));`,
      'cpu cpu cpu 3',
    ],
  ])('%s', async (lines, told) => {
    expect(await execute(lines)).toBe(told);
  });
});
