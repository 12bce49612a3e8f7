import { setTimeout } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { runId } from '../../src/config/run-config.js';
import { cancelledOf, cancelWork } from '../../src/queue/cancellation.js';
import { cancelQueue } from '../../src/queue/end-experiments.js';
import { redisQueue } from '../../src/queue/redis-queue.js';
import type { RunObserver } from '../../src/queue/run-queue.js';
import { experimentId } from '../../src/queue/table-job.js';
import { watchTimes } from '../../src/queue/watch-redis.js';
import { runResult } from '../run-result.js';
import { isServerHere, type RedisServer, startRedis } from './redis-server.js';

const results = [1, 2].map((seed) => JSON.parse(JSON.stringify(runResult('conv', seed, 0.5))));
const experiment = {
  spec: { experiment: 'compare' as const, poolings: ['conv'] },
  configs: results.map(({ config }) => config),
  context: { preset: 'quick', protocol: null, command: 'x', date: '2026-11-26T10:00:00.000Z' },
};
const id = experimentId(experiment);

describe.skipIf(!isServerHere)('a sweep that waits for a queue', () => {
  let server: RedisServer;
  let admin: Redis;
  const workers: Worker[] = [];
  beforeAll(async () => {
    server = await startRedis();
    admin = new Redis(server.url, { maxRetriesPerRequest: null });
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.close(true)));
    await admin.call('CONFIG', 'SET', 'maxmemory', '0');
    await admin.flushall();
  });
  afterAll(async () => {
    admin.disconnect();
    await server.stop();
  });
  const observer = () => ({
    onProgress: vi.fn<RunObserver['onProgress']>(),
    onFinished: vi.fn<RunObserver['onFinished']>(),
    onFailed: vi.fn<RunObserver['onFailed']>(),
    onNote: vi.fn<RunObserver['onNote']>(),
  });
  /** A malicious client of the Redis that submits arbitrary results. */
  const answer = (run: (name: string) => unknown, table: unknown = {}) => {
    const options = { connection: admin, prefix: 'ds-benchmark', skipStalledCheck: true };
    workers.push(new Worker('runs', async ({ name }) => run(name), options));
    workers.push(new Worker('tables', async () => table, options));
  };
  const times = { every: 200, patience: { passing: 500, lasting: 0, away: 60_000 } };
  const never = new AbortController().signal;
  const sweep = (told: RunObserver, signal = never) =>
    redisQueue(server.url, times).execute(experiment, told, signal);
  const submitted = () =>
    vi.waitFor(async () => {
      const queue = new Queue('tables', { connection: admin, prefix: 'ds-benchmark' });
      expect(await queue.getJobState(id)).toBe('waiting-children');
    }, 20_000);

  it('accepts valid results, and builds its own table', async () => {
    const told = observer();
    const html = '<script>alert(1)</script>';
    answer((name) => results.find(({ config }) => runId(config) === name), { report: { html } });
    const { outcomes, report, stopped } = await sweep(told);
    expect(stopped).toBe(false);
    expect(outcomes).toEqual(results.map((result) => ({ result })));
    expect(report!.rows).toMatchObject([{ pooling: 'conv', runs: 2 }]);
    expect(report!.html).not.toContain('<script>alert');
  });

  it('rejects a forged result, and a result of another run', async () => {
    const told = observer();
    const forged = { ...results[1], dataset: '<script>alert(1)</script>' };
    const [first] = results.map(({ config }) => runId(config));
    answer((name) => (name === first ? results[1] : forged));
    const { outcomes, report } = await sweep(told);
    expect(report).toBeNull();
    expect(outcomes).toEqual([
      { failed: expect.stringContaining('result: must be that of') },
      { failed: expect.stringContaining('without < and >') },
    ]);
    expect(told.onFinished).not.toHaveBeenCalled();
  });

  it('says after a while that no worker is connected, once', async () => {
    const told = observer();
    const waiting = redisQueue(server.url, times, 500).execute(experiment, told, never);
    await vi.waitFor(() => expect(told.onNote).toHaveBeenCalledOnce(), 20_000);
    expect(told.onNote.mock.calls[0]![0]).toMatch(
      /^no worker is connected to this Redis, .*: ds-benchmark worker --queue <url>$/,
    );
    answer((name) => results.find(({ config }) => runId(config) === name));
    expect((await waiting).outcomes).toEqual(results.map((result) => ({ result })));
    expect(told.onNote).toHaveBeenCalledOnce();
  });

  it('removes control characters from the reason of a failure', async () => {
    const told = observer();
    answer(() => {
      throw Object.assign(new Error('\u001b[2J\u001b]0;evil\u0007'), {
        name: 'UnrecoverableError',
      });
    });
    const { outcomes } = await sweep(told);
    expect(outcomes[0]).toEqual({ failed: ' [2J ]0;evil ' });
  });

  it('resubmits jobs lost by the Redis', async () => {
    const told = observer();
    const waiting = sweep(told);
    await submitted();
    await admin.flushall();
    await vi.waitFor(() => expect(told.onNote).toHaveBeenCalledOnce(), 20_000);
    expect(told.onNote.mock.calls[0]![0]).toMatch(
      /has lost jobs .*--appendonly yes and maxmemory-policy noeviction. They are submitted again/,
    );
    await submitted();
    answer((name) => results.find(({ config }) => runId(config) === name));
    expect((await waiting).outcomes).toEqual(results.map((result) => ({ result })));
  });

  it('resubmits a single dropped run', async () => {
    const told = observer();
    const waiting = sweep(told);
    await submitted();
    const job = `${id}.${runId(results[0].config)}`;
    await admin.del(`ds-benchmark:runs:${job}`);
    await vi.waitFor(
      async () => expect(await admin.exists(`ds-benchmark:runs:${job}`)).toBe(1),
      20_000,
    );
    expect(told.onNote).toHaveBeenCalledOnce();
    answer((name) => results.find(({ config }) => runId(config) === name));
    expect((await waiting).outcomes).toEqual(results.map((result) => ({ result })));
  });

  it('does not wait for a table whose runs are lost', async () => {
    const waiting = sweep(observer());
    await submitted();
    await admin.sadd(`ds-benchmark:tables:${id}:dependencies`, 'ds-benchmark:runs:never');
    answer((name) => results.find(({ config }) => runId(config) === name));
    const { outcomes, report } = await waiting;
    expect(outcomes).toEqual(results.map((result) => ({ result })));
    expect(report!.rows).toHaveLength(1);
  });

  it('fails if the memory stays full', async () => {
    const told = observer();
    const waiting = sweep(told);
    const failed = expect(waiting).rejects.toThrow(/memory is full .*This has lasted/);
    await submitted();
    await admin.call('CONFIG', 'SET', 'maxmemory', '1');
    await failed;
    expect(told.onNote).toHaveBeenCalledOnce();
  });

  it('fails if it is cancelled, and can be submitted again', async () => {
    const told = observer();
    const failed = expect(sweep(told)).rejects.toThrow('cancelled by `ds-benchmark queue cancel`');
    await submitted();
    expect(await cancelQueue(server.url, [])).toEqual({
      experiments: 1,
      runs: 2,
      single: 0,
      busy: 0,
    });
    await failed;
    answer((name) => results.find(({ config }) => runId(config) === name));
    expect((await sweep(observer())).outcomes).toEqual(results.map((result) => ({ result })));
  });

  it('tries a run again that was cancelled alone', async () => {
    const job = `${id}.${runId(results[0].config)}`;
    await cancelWork(admin, job);
    const waiting = sweep(observer());
    await submitted();
    expect(await cancelledOf(admin, [job])).toEqual(new Set());
    answer((name) => results.find(({ config }) => runId(config) === name));
    expect((await waiting).outcomes).toEqual(results.map((result) => ({ result })));
  });

  it('fails if the server stays away', async () => {
    const told = observer();
    const other = await startRedis();
    const waiting = redisQueue(other.url, watchTimes(1)).execute(experiment, told, never);
    const failed = expect(waiting).rejects.toThrow(/no server answers .*\(--redis-timeout\)/);
    await setTimeout(500);
    await other.stop();
    const begun = performance.now();
    await failed;
    expect(performance.now() - begun).toBeLessThan(6_000);
    expect(told.onNote).toHaveBeenCalledOnce();
  });
});
