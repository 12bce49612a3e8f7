import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeConfig } from '../../src/config/make-config.js';
import type { RunConfig } from '../../src/config/run-config.js';
import type { RunResult } from '../../src/run/run-result.js';
import { fakeSounds, SMALL_RUN } from '../fake-sounds.js';

/** Worker threads run the built files, so the test imports the built module too. */
const built = new URL('../../dist/queue/execute-run.js', import.meta.url).href;
const { executeInThreads }: typeof import('../../src/queue/execute-run.js') = await import(built);

let sounds: string;
let home: string;
let threads = 0;
const count = () => {
  threads += 1;
};
beforeAll(async () => {
  sounds = await fakeSounds(24);
  home = await mkdtemp(path.join(tmpdir(), 'threads-'));
  process.on('worker', count);
});
afterAll(async () => {
  process.off('worker', count);
  for (const folder of [sounds, home]) await rm(folder, { recursive: true });
});

const config = (pooling: string, more: Partial<RunConfig> = {}) =>
  makeConfig({
    ...{ ...SMALL_RUN, pooling, trainImages: 16, testImages: 8, batchSize: 8, seed: 3 },
    ...more,
  } as Parameters<typeof makeConfig>[0]);

/** Executes a run in a folder of its own. A controller kills it at its first step. */
const run = (folder: string, config: RunConfig, data = sounds, kill?: AbortController) =>
  executeInThreads(
    {
      config,
      data: { any: data },
      keeping: { folder: path.join(home, folder), every: 1, resume: false },
    },
    new AbortController().signal,
    () => kill?.abort(),
    kill?.signal,
  );

/** The result of a run and its files, without times. */
async function outcome(folder: string, result: RunResult) {
  const timeless = (list: object[]) =>
    list.map((entry) => ({ ...entry, seconds: 0, imagesPerSecond: 0 }));
  const { timing, seconds, imagesPerSecond, inferenceRate, ...rest } = result;
  const model = (name: string) => readFile(path.join(home, folder, 'model', name), 'hex');
  return {
    ...rest,
    steps: timeless(result.steps),
    epochs: timeless(result.epochs),
    rounded: { ...result.rounded, inferenceRate: 0 },
    files: [await model('model.json'), await model('weights.bin')],
  };
}

describe('executeInThreads', () => {
  it('executes runs one after the other in one thread, to the numbers of a new one', async () => {
    const before = threads;
    const first = await outcome('first', await run('first', config('diffstride')));
    await run('between', config('spectral', { seed: 4 }));
    const again = await outcome('again', await run('again', config('diffstride')));
    expect(threads).toBe(before + 1);
    expect(again).toEqual(first);
  });

  it('has a new thread for another backend, and after a failure or a kill', async () => {
    const used = async (...args: Parameters<typeof run>) => {
      const before = threads;
      const failure = await run(...args).then(
        () => '',
        ({ message }: Error) => message,
      );
      return [threads - before, failure];
    };
    const cpu = config('conv', { backend: 'cpu' });
    const nowhere = expect.stringContaining('/nowhere');
    // The thread of the test before waits with another backend.
    const ended = 'run: its worker thread ended early, with exit code 1';
    expect(await used('cpu', cpu, sounds, new AbortController())).toEqual([1, ended]);
    expect(await used('cpu', cpu, '/nowhere')).toEqual([1, nowhere]);
    expect(await used('cpu', cpu, '/nowhere')).toEqual([1, nowhere]);
  });
});
