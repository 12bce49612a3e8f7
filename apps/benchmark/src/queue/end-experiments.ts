import { setTimeout } from 'node:timers/promises';
import { type JobType, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { allowExperiment, cancelExperiment, experimentOf } from './cancellation.js';
import { connect, PREFIX, RUNS, TABLES } from './connection.js';
import { maskedAddress } from './masked-address.js';
import { printable } from './plain-text.js';
import { troubleOf } from './redis-trouble.js';

const UNFINISHED: JobType[] = ['waiting', 'delayed', 'prioritized', 'waiting-children'];
const ENDED: JobType[] = ['completed', 'failed'];

/** Milliseconds in which workers let go of the runs of a cancelled experiment. */
const LETTING_GO_MS = 15_000;

interface Queues {
  runs: Queue;
  tables: Queue;
  redis: Redis;
}

async function withQueues<Result>(
  url: string,
  body: (queues: Queues) => Promise<Result>,
): Promise<Result> {
  const redis = connect(url, () => {});
  const options = { connection: redis, prefix: PREFIX };
  const queues = { runs: new Queue(RUNS, options), tables: new Queue(TABLES, options), redis };
  for (const queue of [queues.runs, queues.tables]) queue.on('error', () => {});
  try {
    return await body(queues);
  } catch (error) {
    const trouble = troubleOf(error as Error);
    throw trouble ? new Error(`--queue ${maskedAddress(url)}: ${trouble.message}`) : error;
  } finally {
    await Promise.all([queues.runs.close(), queues.tables.close()]);
    redis.disconnect();
  }
}

/** The ids of all jobs in these states. */
function idsOf(queue: Queue, states: JobType[]): Promise<string[]> {
  return queue.getRanges(states, 0, -1);
}

/** Removes jobs that nobody works on; how many there were. */
async function removeAll(queue: Queue, ids: string[]): Promise<number> {
  let removed = 0;
  for (const id of ids) removed += await queue.remove(id, { removeChildren: false });
  return removed;
}

/**
 * Cancels experiments that have not ended, or the ones of these ids. Workers stop their runs between
 * two steps, sweeps that wait for them end with an error, and runs that wait are removed. What is
 * done stays.
 *
 * @throws Error if an id is that of no experiment.
 */
export async function cancelQueue(
  url: string,
  ids: string[],
  patience = LETTING_GO_MS,
): Promise<{ experiments: number; runs: number; busy: number }> {
  return withQueues(url, async ({ runs, tables, redis }) => {
    const all = await idsOf(tables, [...UNFINISHED, 'active']);
    for (const id of ids) {
      if (all.includes(id)) continue;
      throw new Error(
        `queue cancel: the experiment must be one that has not ended, ${all.map(printable).join(', ') || 'of which there is none'}, got '${id}'`,
      );
    }
    const chosen = ids.length > 0 ? ids : all;
    const isChosen = (run: string) => ids.length === 0 || chosen.includes(experimentOf(run) ?? '');
    for (const id of chosen) await cancelExperiment(redis, id);
    const busy = async () => {
      const working = (await idsOf(runs, ['active'])).filter(isChosen);
      const building = (await idsOf(tables, ['active'])).filter((id) => chosen.includes(id));
      return working.length + building.length;
    };
    const begun = performance.now();
    while ((await busy()) > 0 && performance.now() - begun < patience) await setTimeout(200);
    // The tables first: the last run that goes would let its table be built.
    await removeAll(tables, chosen);
    const waiting = (await idsOf(runs, [...UNFINISHED, 'failed'])).filter(isChosen);
    const removed = await removeAll(runs, waiting);
    return { experiments: chosen.length, runs: removed, busy: await busy() };
  });
}

/** Removes what has ended: tables with their runs, and runs without a table. */
export async function cleanQueue(url: string): Promise<{ experiments: number; runs: number }> {
  return withQueues(url, async ({ runs, tables, redis }) => {
    const unfinished = new Set(await idsOf(tables, [...UNFINISHED, 'active']));
    const ended = await idsOf(tables, ENDED);
    for (const id of ended) await allowExperiment(redis, id);
    const done = (await idsOf(runs, ENDED)).filter(
      (run) => !unfinished.has(experimentOf(run) ?? ''),
    );
    return { experiments: await removeAll(tables, ended), runs: await removeAll(runs, done) };
  });
}

/** Removes all that the queue has, also what others have put under its keys. */
export async function emptyQueue(url: string): Promise<{ keys: number }> {
  return withQueues(url, async ({ redis }) => {
    let keys = 0;
    for await (const found of redis.scanStream({ match: `${PREFIX}:*`, count: 1_000 })) {
      const names = found as string[];
      if (names.length > 0) keys += await redis.unlink(...names);
    }
    return { keys };
  });
}
