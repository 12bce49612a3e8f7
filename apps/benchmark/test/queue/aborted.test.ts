import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PRESETS } from '../../src/config/presets.js';
import { parseRunConfig } from '../../src/config/run-config.js';
import type { Experiment } from '../../src/queue/run-queue.js';
import { fakeMnist } from '../fake-mnist.js';

/** Worker threads run the built files, so the test imports those too. */
async function queues() {
  const built = (file: string) => import(new URL(`../../dist/queue/${file}`, import.meta.url).href);
  const [run, embedded, redis, worker] = await Promise.all(
    ['execute-run.js', 'embedded-queue.js', 'redis-queue.js', 'redis-worker.js'].map(built),
  );
  return {
    ...run,
    ...embedded,
    ...redis,
    ...worker,
  } as typeof import('../../src/queue/execute-run.js') &
    typeof import('../../src/queue/embedded-queue.js') &
    typeof import('../../src/queue/redis-queue.js') &
    typeof import('../../src/queue/redis-worker.js');
}

let data: string;
let output: string;
beforeAll(async () => {
  data = await fakeMnist();
  output = await mkdtemp(path.join(tmpdir(), 'aborted-'));
});
afterAll(async () => {
  await rm(data, { recursive: true });
  await rm(output, { recursive: true });
});

const tiny = {
  ...{ dataset: 'mnist', width: 2, batchSize: 16, trainImages: 32, testImages: 20, epochs: 1 },
};
const config = (replicas: number) =>
  parseRunConfig({
    ...PRESETS.smoke!.run,
    ...tiny,
    pooling: 'conv',
    strides: [1, 1, 3, 1, 3],
    seed: 1,
    replicas,
  });

describe('an aborted signal', () => {
  it.each([1, 2])('ends a run in %i threads before its first step', async (replicas) => {
    const { executeInThreads } = await queues();
    const onProgress = vi.fn();
    const input = { config: config(replicas), data: { any: data } };
    const result = await executeInThreads(input, AbortSignal.abort(), onProgress);
    expect(result).toMatchObject({ stopped: true, epochs: [], steps: [] });
    expect(onProgress).not.toHaveBeenCalled();
  });

  const observer = {
    onProgress: vi.fn(),
    onFinished: vi.fn(),
    onFailed: vi.fn(),
    onNote: vi.fn(),
  };
  const experiment = { configs: [config(1)], spec: {}, context: {} } as unknown as Experiment;
  const nothing = { outcomes: [null], report: null, stopped: true };

  it('prevents runs in this process', async () => {
    const { embeddedQueue } = await queues();
    const options = { outputFolder: output, data: { any: data }, checkpointEvery: 1, attempts: 1 };
    const queue = embeddedQueue({ ...options, resume: false });
    expect(await queue.execute(experiment, observer, AbortSignal.abort())).toEqual(nothing);
    expect(await readdir(output)).toEqual([]);
  });

  it('stops a failed run that waits for a retry', async () => {
    const { embeddedQueue } = await queues();
    const controller = new AbortController();
    const elsewhere = { any: path.join(data, 'not here') };
    const queue = embeddedQueue({
      outputFolder: output,
      data: elsewhere,
      checkpointEvery: 1,
      attempts: 3,
      resume: false,
    });
    const begun = performance.now();
    const onNote = () => controller.abort();
    const outcome = await queue.execute(experiment, { ...observer, onNote }, controller.signal);
    expect(outcome).toEqual(nothing);
    // A failed run waits for seconds before its retry.
    expect(performance.now() - begun).toBeLessThan(4_500);
  });

  it('prevents any connection to a Redis queue', async () => {
    const { redisQueue, workForQueue } = await queues();
    // No server listens on this port.
    const url = 'redis://127.0.0.1:1';
    expect(await redisQueue(url).execute(experiment, observer, AbortSignal.abort())).toEqual(
      nothing,
    );
    await workForQueue({
      url,
      jobs: 1,
      outputFolder: output,
      data: {},
      checkpointEvery: 1,
      stalledAfter: 30,
      signal: AbortSignal.abort(),
      onNote: observer.onNote,
      onProgress: vi.fn(),
    });
    for (const told of Object.values(observer)) expect(told).not.toHaveBeenCalled();
  });
});
