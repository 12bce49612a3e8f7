import { setTimeout } from 'node:timers/promises';
import { FlowProducer, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cancelledOf } from '../../src/queue/cancellation.js';
import { cancelQueue, cleanQueue, emptyQueue } from '../../src/queue/end-experiments.js';
import { queueStatus } from '../../src/queue/queue-status.js';
import { watchTimes } from '../../src/queue/watch-redis.js';
import { isServerHere, type RedisServer, startRedis } from './redis-server.js';

const [A, B] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb'];

describe.skipIf(!isServerHere)('the end of experiments', () => {
  let server: RedisServer;
  let redis: Redis;
  let runs: Queue;
  let tables: Queue;
  const options = () => ({ connection: redis, prefix: 'ds-benchmark' });
  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.url, { maxRetriesPerRequest: null });
    [runs, tables] = [new Queue('runs', options()), new Queue('tables', options())];
  });
  beforeEach(async () => {
    const flows = new FlowProducer(options());
    for (const id of [A, B]) {
      await flows.add({
        ...{ name: 'grid', queueName: 'tables', data: {}, opts: { jobId: id } },
        children: ['1', '2'].map((run) => ({
          ...{ name: `conv-${run}`, queueName: 'runs', data: {} },
          opts: { jobId: `${id}.${run}`, ignoreDependencyOnFailure: true },
        })),
      });
    }
  });
  afterEach(() => redis.flushall());
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  /** Processes the queue until it is empty. The run `<A>.1` fails. */
  const workAll = async () => {
    const process = async ({ id }: { id?: string }) => {
      if (id === `${A}.1`) throw new Error('\u001b[2Jbad');
      return {};
    };
    const workers = [
      new Worker('runs', process, options()),
      new Worker('tables', process, options()),
    ];
    while ((await tables.getJobCountByTypes('completed')) < 2) {
      await setTimeout(20);
    }
    await Promise.all(workers.map((worker) => worker.close()));
  };
  const left = async () =>
    [...(await runs.getRanges(['waiting', 'completed', 'failed'], 0, -1))].sort();

  it('cancels all experiments', async () => {
    expect(await cancelQueue(server.url, [])).toEqual({
      experiments: 2,
      runs: 4,
      single: 0,
      busy: 0,
    });
    expect(await left()).toEqual([]);
    expect(await tables.getJobCountByTypes('waiting-children', 'waiting')).toBe(0);
    expect(await cancelledOf(redis, [A, B, 'cccccccccccc'])).toEqual(new Set([A, B]));
  });

  it('removes no run of an experiment that has completed, and those that lost theirs', async () => {
    await workAll();
    await runs.add('other', {}, { jobId: 'cccccccccccc.1' });
    expect(await cancelQueue(server.url, [])).toEqual({
      experiments: 0,
      runs: 1,
      single: 0,
      busy: 0,
    });
    expect(await left()).toEqual([`${A}.1`, `${A}.2`, `${B}.1`, `${B}.2`]);
  });

  it('cancels one experiment and keeps the others', async () => {
    expect(await cancelQueue(server.url, [A])).toEqual({
      experiments: 1,
      runs: 2,
      single: 0,
      busy: 0,
    });
    expect(await left()).toEqual([`${B}.1`, `${B}.2`]);
    expect(await cancelledOf(redis, [A, B])).toEqual(new Set([A]));
    expect((await queueStatus(server.url)).status.experiments).toEqual([{ id: B, kind: 'grid' }]);
  });

  it('cancels one run, and leaves it to a worker to end it', async () => {
    const cancelled = await cancelQueue(server.url, [`${A}.1`]);
    expect(cancelled).toEqual({ experiments: 0, runs: 0, single: 1, busy: 0 });
    expect(await left()).toHaveLength(4);
    expect(await cancelledOf(redis, [A, `${A}.1`, `${A}.2`])).toEqual(new Set([`${A}.1`]));
    const { status } = await queueStatus(server.url);
    expect(status.waiting.sort()).toEqual([`${A}.1`, `${A}.2`, `${B}.1`, `${B}.2`]);
    const both = await cancelQueue(server.url, [A, `${A}.2`, `${B}.1`]);
    expect(both).toEqual({ experiments: 1, runs: 2, single: 1, busy: 0 });
    expect(await left()).toEqual([`${B}.1`, `${B}.2`]);
  });

  it('lists the unfinished experiments if an id is unknown', async () => {
    await expect(cancelQueue(server.url, ['x'])).rejects.toThrow(
      /an unfinished one \([ab]{12}, [ab]{12}\), or an unfinished run .* of one, got 'x'/,
    );
    expect(await left()).toHaveLength(4);
  });

  it('reports how many runs their workers still hold', async () => {
    const holder = new Worker('runs', null, { ...options(), lockDuration: 60_000 });
    const held = await holder.getNextJob('token');
    const { busy } = await cancelQueue(server.url, [], undefined, 300);
    expect(busy).toBe(1);
    expect(await left()).toEqual([]);
    expect(await runs.getRanges(['active'], 0, -1)).toEqual([held!.id]);
    await holder.close(true);
  });

  it('fails if the server stays away', async () => {
    const other = await startRedis();
    const client = new Redis(other.url);
    // A run that its worker never releases.
    await client.lpush('ds-benchmark:runs:active', 'x');
    client.disconnect();
    const notes: string[] = [];
    const access = { times: watchTimes(1), onNote: (note: string) => void notes.push(note) };
    const failed = expect(cancelQueue(other.url, [], access)).rejects.toThrow('--redis-timeout');
    await setTimeout(300);
    await other.stop();
    await failed;
    expect(notes[0]).toContain('Retrying for 1 s');
  });

  it('lists a job with garbled fields, and removes it', async () => {
    await redis.hset(`ds-benchmark:tables:${A}`, 'opts', '{"a');
    const { status, text } = await queueStatus(server.url);
    expect(text).toContain(`experiment ${A}: its fields cannot be read`);
    expect(status.experiments).toContainEqual({ id: B, kind: 'grid' });
    expect(await cancelQueue(server.url, [])).toEqual({
      experiments: 2,
      runs: 4,
      single: 0,
      busy: 0,
    });
    expect((await queueStatus(server.url)).status.experiments).toEqual([]);
  });

  it('removes finished work only', async () => {
    expect(await cleanQueue(server.url)).toEqual({ experiments: 0, runs: 0 });
    await workAll();
    await runs.add('other', {}, { jobId: 'other' });
    const { text } = await queueStatus(server.url);
    expect(text).toContain(`${A}.1: failed:  [2Jbad`);
    // Finished work must be removable when it fills the memory.
    await redis.call('CONFIG', 'SET', 'maxmemory', '1');
    const cleaned = await cleanQueue(server.url);
    await redis.call('CONFIG', 'SET', 'maxmemory', '0');
    expect(cleaned).toEqual({ experiments: 2, runs: 4 });
    expect(await left()).toEqual(['other']);
  });

  it('keeps the runs of an unfinished experiment', async () => {
    await redis.sadd(`ds-benchmark:tables:${A}:dependencies`, 'ds-benchmark:runs:later');
    const worker = new Worker('runs', async () => ({}), options());
    while ((await runs.getJobCountByTypes('completed')) < 4) {
      await setTimeout(20);
    }
    await worker.close();
    const { runs: removed } = await cleanQueue(server.url);
    expect(removed).toBe(0);
    expect(await left()).toHaveLength(4);
  });

  it('removes all keys, also with full memory', async () => {
    await redis.set('other', '1');
    await redis.call('CONFIG', 'SET', 'maxmemory', '1');
    await emptyQueue(server.url);
    await redis.call('CONFIG', 'SET', 'maxmemory', '0');
    expect(await redis.keys('*')).toEqual(['other']);
  });
});
