import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { FlowProducer, type JobsOptions, Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type RunConfig, runId } from '../../src/config/run-config.js';
import { cancelWork } from '../../src/queue/cancellation.js';
import { experimentId } from '../../src/queue/table-job.js';
import { watchTimes } from '../../src/queue/watch-redis.js';
import { fakeMnist } from '../fake-mnist.js';
import { fakeSounds } from '../fake-sounds.js';
import { writeFinishedRun } from '../finished-run.js';
import { runResult } from '../run-result.js';
import { PNG, testedResult } from '../tested-result.js';
import { isServerHere, type RedisServer, startRedis } from './redis-server.js';

/** Worker threads run the built files, so the test imports the built worker too. */
const built = new URL('../../dist/queue/redis-worker.js', import.meta.url).href;
type Worker = typeof import('../../src/queue/redis-worker.js');

const context = { preset: 'quick', protocol: null, command: 'x', date: '2026-11-26T10:00:00Z' };
const spec = { experiment: 'compare' as const, poolings: ['conv'] };
/** A run whose result is already in the output folder. */
const mistake = { example: 0, truth: 0, predicted: 1, probability: 0.9 };
const known = testedResult(
  runResult('conv', 1, 0.5),
  ['cat', 'dog'],
  [
    [2, 3],
    [2, 3],
  ],
  { mistakes: [{ ...mistake, file: 'SECRET-FILE.png', preview: PNG }] },
);

describe.skipIf(!isServerHere)('a worker', () => {
  let server: RedisServer;
  let admin: Redis;
  let runs: Queue;
  let tables: Queue;
  let data: string;
  let sounds: string;
  let home: string;
  let output: string;
  let controller: AbortController;
  let notes: string[];
  let ended: ReturnType<Worker['workForQueue']>;
  beforeAll(async () => {
    server = await startRedis();
    admin = new Redis(server.url, { maxRetriesPerRequest: null });
    runs = new Queue('runs', { connection: admin, prefix: 'ds-benchmark' });
    tables = new Queue('tables', { connection: admin, prefix: 'ds-benchmark' });
    [data, sounds] = [await fakeMnist(512), await fakeSounds()];
    home = await mkdtemp(path.join(tmpdir(), 'worker-'));
    await writeFile(path.join(sounds, 'labels.csv'), 'file,SECRET-COLUMN\nlow_soft_0.wav,1\n');
    await writeFile(path.join(home, 'secret.csv'), 'SECRET-LINE,root\n1,2\n');
  });
  beforeEach(async () => {
    output = path.join(home, `out-${Math.random()}`);
    await writeFinishedRun(output, known);
    [controller, notes] = [new AbortController(), []];
  });
  afterEach(async () => {
    controller.abort();
    await ended;
    await admin.call('CONFIG', 'SET', 'maxmemory', '0');
    await admin.flushall();
  });
  afterAll(async () => {
    admin.disconnect();
    await server.stop();
    for (const folder of [data, sounds, home]) await rm(folder, { recursive: true });
  });
  const begin = async (options: Partial<Parameters<Worker['workForQueue']>[0]> = {}) => {
    const { workForQueue } = (await import(built)) as Worker;
    ended = workForQueue({
      url: server.url,
      jobs: 1,
      outputFolder: output,
      data: { mnist: data, sounds },
      checkpointEvery: 1,
      stalledAfter: 30,
      signal: controller.signal,
      onNote: (note) => notes.push(note),
      onProgress: () => {},
      ...options,
    });
  };
  /** Waits for the end of a job. Returns the reason if the job failed. */
  const endOf = async (queue: Queue, id: string) => {
    await vi.waitFor(async () => expect(await queue.getJobState(id)).toMatch(/completed|failed/), {
      timeout: 50_000,
      interval: 50,
    });
    return (await queue.getJob(id))!;
  };
  const fails = async (queue: Queue, id: string, reason: RegExp) => {
    const job = await endOf(queue, id);
    expect(job.failedReason).toMatch(reason);
    expect(job.attemptsMade).toBe(1);
  };
  const add = (name: string, job: unknown, options: JobsOptions = {}) =>
    runs.add(name, job, { jobId: name, attempts: 3, ...options });
  /** Submits a valid run and a valid table. */
  const requireAtWork = async () => {
    await add('good', known.config);
    expect((await endOf(runs, 'good')).returnvalue).toMatchObject({
      accuracy: 0.5,
      // Files and their contents stay with the worker.
      classTest: { tasks: [{ count: 10, mistakes: [] }] },
    });
  };

  it('fails a poisoned run once, with its reason, and continues', async () => {
    const sound = (change: object): RunConfig => ({
      ...known.config,
      ...{ dataset: 'sounds', padding: 0, flip: false, mixup: 0 },
      sounds: { layout: 'table', tasks: ['x'], sampleRate: 8000, seconds: 1, bands: 8, ...change },
    });
    await begin();
    await add('replicas', { ...known.config, replicas: 700 });
    await add('epochs', { ...known.config, epochs: 1e6 });
    await add('name', { ...known.config, pooling: '../../../../evil' });
    await add('nothing', null);
    await add('text', 'x');
    await add('large', { ...known.config, poolingConfig: { x: 'x'.repeat(100_000) } });
    await add('attempts', known.config, { attempts: 1e9 });
    await add('waits', known.config, { backoff: { type: 'fixed', delay: 1e15 } });
    await add('outside', sound({ table: path.relative(sounds, path.join(home, 'secret.csv')) }));
    await fails(
      runs,
      'replicas',
      /replicas must be <= \d+ on this worker \(its --max-replicas\), got 700/,
    );
    await fails(runs, 'epochs', /epochs must be <= 1000 on this worker \(its --max-epochs\)/);
    await fails(runs, 'name', /run configuration: .*pooling must be one of/);
    await fails(runs, 'nothing', /run configuration/);
    await fails(runs, 'text', /run configuration/);
    await fails(runs, 'large', /at most 64000 characters on this worker \(its --max-job-kb\)/);
    await fails(runs, 'attempts', /at most 10 attempts \(this worker's --max-attempts\)/);
    await fails(runs, 'waits', /waits of at most an hour/);
    await fails(runs, 'outside', /sounds.table must be a file inside the worker's folder/);
    await admin.hset('ds-benchmark:runs:garbled', {
      name: 'x',
      data: '{"a',
      opts: '{}',
      timestamp: 1,
    });
    await admin.lpush('ds-benchmark:runs:wait', 'garbled', 'lost');
    await requireAtWork();
    expect(await admin.hget('ds-benchmark:runs:garbled', 'failedReason')).toContain('must be JSON');
    expect(await admin.hget('ds-benchmark:runs:lost', 'failedReason')).toContain('drops keys');
    expect(await readdir(home)).not.toContain('evil');
    expect(await readdir(path.join(output, 'runs'))).toEqual([runId(known.config)]);
  });

  const garbled: [field: string, text: string, rule: string][] = [
    ['opts', '{"a', 'a JSON object'],
    ['opts', 'null', 'a JSON object'],
    ['progress', '{"a', 'JSON'],
    ['parent', '{"a', 'a JSON object with the id and queueKey of a table'],
    ['parent', '5', 'a JSON object with the id and queueKey of a table'],
    ['parentKey', 'nowhere', 'ds-benchmark:tables:<id>'],
  ];
  it.each(garbled)('fails a job at once if %s is %s, and continues', async (field, text, rule) => {
    await begin();
    const job = { name: 'x', data: JSON.stringify(known.config), opts: '{}', timestamp: 1 };
    await admin.hset('ds-benchmark:runs:garbled', { ...job, [field]: text });
    await admin.lpush('ds-benchmark:runs:wait', 'garbled');
    await requireAtWork();
    await fails(runs, 'garbled', /^job garbled: its /);
    expect((await runs.getJob('garbled'))!.failedReason).toBe(
      `job garbled: its ${field} must be ${rule}, got '${text}'. ` +
        `Run the same sweep to submit it again`,
    );
    expect(await runs.getActiveCount()).toBe(0);
  });

  it('fails a job at once if its options would break a BullMQ script', async () => {
    await begin();
    await add('kept', { ...known.config, epochs: 1e6 }, { removeOnFail: null } as never);
    await fails(runs, 'kept', /epochs must be/);
  });

  it('processes a job with a garbled stacktrace', async () => {
    await begin();
    const job = { name: 'x', data: JSON.stringify(known.config), opts: '{}', timestamp: 1 };
    await admin.hset('ds-benchmark:runs:traces', { ...job, stacktrace: '{"a' });
    await admin.lpush('ds-benchmark:runs:wait', 'traces');
    expect((await endOf(runs, 'traces')).returnvalue).toMatchObject({ accuracy: 0.5 });
  });

  it('builds a table without a garbled run', async () => {
    const experiment = { spec, configs: [known.config], context };
    const id = experimentId(experiment);
    const flows = new FlowProducer({ connection: admin, prefix: 'ds-benchmark' });
    await flows.add({
      name: 'compare',
      queueName: 'tables',
      data: { ...experiment, id },
      opts: { jobId: id },
      children: [{ name: 'x', queueName: 'runs', data: known.config, opts: { jobId: 'child' } }],
    });
    await admin.hset('ds-benchmark:runs:child', 'parent', '{"a', 'opts', '{"a');
    await begin({ grace: 0 });
    await fails(runs, 'child', /its opts must be .*; its parent must be/);
    expect(await tables.getJobState(id)).toMatch(/^(waiting|active|completed)$/);
  });

  it('sends no file contents to the queue', async () => {
    await begin();
    const config = {
      ...known.config,
      ...{ dataset: 'sounds', padding: 0, flip: false, mixup: 0, backend: 'cpu' },
      sounds: { layout: 'table', tasks: ['x'], table: 'labels.csv', seconds: 0.2 },
    };
    await add('column', config, { attempts: 1 });
    const { failedReason, stacktrace } = await endOf(runs, 'column');
    expect(failedReason).toBe(
      'sounds cannot be opened or read on this worker; the output of the worker names the reason',
    );
    expect(stacktrace!.join()).not.toContain('SECRET');
    expect(notes.join('\n')).toContain('SECRET-COLUMN');
  });

  it('writes a table only to the folder of its hash', async () => {
    const experiment = { spec, configs: [known.config], context };
    const id = experimentId(experiment);
    await begin();
    const evil = { ...experiment, id: '../../../evil' };
    await tables.add('compare', evil, { jobId: 'evil', attempts: 3 });
    await fails(tables, 'evil', /id must be [0-9a-f]{12}, got "..\/..\/..\/evil"/);
    await tables.add('compare', { ...experiment, id }, { jobId: id });
    expect((await endOf(tables, id)).returnvalue).toEqual({ runs: 0 });
    expect(await readdir(output)).toEqual(['runs']);
  });

  it('stops the runs of a cancelled experiment', async () => {
    const id = '0123456789ab';
    await cancelWork(admin, id);
    await begin();
    await add(`${id}.run`, known.config);
    await fails(runs, `${id}.run`, /cancelled by `ds-benchmark queue cancel`/);
  });

  it('stops a run that is cancelled alone, and executes the others of its experiment', async () => {
    const id = '0123456789ab';
    await cancelWork(admin, `${id}.run`);
    await begin();
    await add(`${id}.run`, known.config);
    await add(`${id}.other`, known.config);
    await fails(runs, `${id}.run`, /cancelled by `ds-benchmark queue cancel`/);
    expect((await endOf(runs, `${id}.other`)).failedReason).toBeUndefined();
  });

  it('notes a full memory once, polls rarely, and continues when it is free', async () => {
    await begin({ watch: { every: 200, patience: { passing: 60_000, lasting: 0, away: 60_000 } } });
    await requireAtWork();
    await admin.call('CONFIG', 'SET', 'maxmemory', '1');
    await admin.call('CONFIG', 'RESETSTAT');
    await setTimeout(3_000);
    const stats = String(await admin.info('stats'));
    expect(Number(/total_commands_processed:(\d+)/.exec(stats)![1])).toBeLessThan(500);
    expect(notes).toEqual([expect.stringContaining('its memory is full (maxmemory); raise')]);
    await admin.call('CONFIG', 'SET', 'maxmemory', '0');
    await runs.remove('good');
    await requireAtWork();
  });

  it('fails if its Redis rejects it permanently', async () => {
    await begin({ watch: { every: 100, patience: { passing: 200, lasting: 0, away: 60_000 } } });
    await requireAtWork();
    await admin.call('CONFIG', 'SET', 'maxmemory', '1');
    const { error } = await ended;
    expect(error!.message).toMatch(/^--queue .*memory is full .*This has lasted/);
  });

  it('fails if its Redis stays away, and saves the run in progress', async () => {
    const other = await startRedis();
    const client = new Redis(other.url, { maxRetriesPerRequest: null });
    client.on('error', () => {});
    const queue = new Queue('runs', { connection: client, prefix: 'ds-benchmark' });
    await begin({ url: other.url, watch: watchTimes(1), grace: 0.3 });
    const config = { ...known.config, dataset: 'mnist', backend: 'cpu', seed: 7 };
    await queue.add('x', config, { jobId: 'x' });
    await vi.waitFor(() => expect(notes.at(-1)).toContain(': taken'), { timeout: 50_000 });
    await other.stop();
    client.disconnect();
    const begun = performance.now();
    const { error, isBusy } = await ended;
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect(isBusy).toBe(false);
    expect(error!.message).toMatch(/^--queue redis:\/\/127.*: no server .* \(--redis-timeout\)\./);
    expect(notes.filter((note) => note.includes('no server answers'))).toHaveLength(1);
    expect(notes.at(-1)).toContain('stopped, and kept in its folder');
  });

  it.each([1, 2])(
    'interrupts a long step of %i threads within seconds, and hands the run back',
    async (replicas) => {
      // One step takes minutes.
      const config = {
        ...known.config,
        ...{
          dataset: 'mnist',
          backend: 'cpu',
          width: 64,
          batchSize: 512,
          trainImages: 512,
          testImages: 10,
          replicas,
        },
      };
      await begin({ grace: 0.3 });
      await add('long', config);
      await vi.waitFor(() => expect(notes.at(-1)).toContain(': taken'), { timeout: 50_000 });
      await setTimeout(2_000);
      const begun = performance.now();
      controller.abort();
      const { isBusy, error } = await ended;
      expect(performance.now() - begun).toBeLessThan(10_000);
      expect(error).toBeNull();
      expect(isBusy).toBe(replicas > 1);
      expect(await runs.getJobState('long')).toMatch(/delayed|waiting/);
      expect(notes.at(-1)).toContain('handed back');
    },
  );
});
