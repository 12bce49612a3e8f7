import { setTimeout } from 'node:timers/promises';
import type { JobType, Queue } from 'bullmq';
import { allowWork, cancelWork, experimentOf } from './cancellation.js';
import { PREFIX } from './connection.js';
import { printable } from './plain-text.js';
import { type QueueAccess, type Queues, withQueues } from './with-queues.js';

const UNFINISHED: JobType[] = ['waiting', 'delayed', 'prioritized', 'waiting-children'];
const ENDED: JobType[] = ['completed', 'failed'];

/** Milliseconds for workers to release the runs of a cancelled experiment. */
const LETTING_GO_MS = 15_000;

/** The ids of all jobs in the given states. */
function idsOf(queue: Queue, states: JobType[]): Promise<string[]> {
  return queue.getRanges(states, 0, -1);
}

/** Removes jobs that no worker holds. Returns how many there were. */
async function removeAll(queue: Queue, ids: string[]): Promise<number> {
  let removed = 0;
  for (const id of ids) removed += await queue.remove(id, { removeChildren: false });
  return removed;
}

/** What `queue cancel` did. */
export interface Cancelled {
  experiments: number;
  /** Runs of these experiments, and of no experiment, that were removed. */
  runs: number;
  /** Runs of other experiments, which were cancelled by their ids. */
  single: number;
  /** Jobs that a worker has not released yet. */
  busy: number;
}

/**
 * Cancels the given experiments and runs, or all unfinished experiments. Workers stop cancelled
 * runs between two steps. Waiting sweeps of cancelled experiments end with an error, and their
 * waiting runs are removed. A run that is cancelled alone fails as soon as a worker takes it, so
 * its experiment continues without it. Finished runs stay. Without ids, unfinished runs that have
 * lost their experiment are cancelled and removed too.
 *
 * @throws Error if an id does not belong to unfinished work.
 */
export async function cancelQueue(
  url: string,
  ids: string[],
  access?: QueueAccess,
  patience = LETTING_GO_MS,
): Promise<Cancelled> {
  const cancel = async ({ runs, tables, redis }: Queues): Promise<Cancelled> => {
    const all = await idsOf(tables, [...UNFINISHED, 'active']);
    const openRuns = await idsOf(runs, [...UNFINISHED, 'active']);
    for (const id of ids) {
      if (all.includes(id) || openRuns.includes(id)) continue;
      throw new Error(
        `queue cancel: the experiment must be an unfinished one ` +
          `(${all.map(printable).join(', ') || 'there are none'}), or an unfinished run ` +
          `<experiment>.<run> of one, got '${id}'`,
      );
    }
    const chosen = ids.length > 0 ? ids.filter((id) => all.includes(id)) : all;
    const known = new Set([...all, ...(await idsOf(tables, ENDED))]);
    const orphans = openRuns.filter(
      (run) => ids.length === 0 && !known.has(experimentOf(run) ?? ''),
    );
    const isChosen = (run: string) =>
      chosen.includes(experimentOf(run) ?? '') || orphans.includes(run);
    const single = ids.filter((id) => openRuns.includes(id) && !isChosen(id));
    for (const id of [...chosen, ...single, ...orphans]) await cancelWork(redis, id);
    const busy = async () => {
      const isEnding = (run: string) => isChosen(run) || single.includes(run);
      const working = (await idsOf(runs, ['active'])).filter(isEnding);
      const building = (await idsOf(tables, ['active'])).filter((id) => chosen.includes(id));
      return working.length + building.length;
    };
    const begun = performance.now();
    while ((await busy()) > 0 && performance.now() - begun < patience) await setTimeout(200);
    // Tables go first: otherwise the removal of the last run would start the table.
    await removeAll(tables, chosen);
    const waiting = (await idsOf(runs, [...UNFINISHED, 'failed'])).filter(isChosen);
    const removed = await removeAll(runs, waiting);
    return {
      experiments: chosen.length,
      runs: removed,
      single: single.length,
      busy: await busy(),
    };
  };
  return withQueues(url, cancel, access);
}

/** Removes finished work: tables with their runs, and runs without a table. */
export async function cleanQueue(
  url: string,
  access?: QueueAccess,
): Promise<{ experiments: number; runs: number }> {
  const clean = async ({ runs, tables, redis }: Queues) => {
    const unfinished = new Set(await idsOf(tables, [...UNFINISHED, 'active']));
    const ended = await idsOf(tables, ENDED);
    for (const id of ended) await allowWork(redis, id);
    const done = (await idsOf(runs, ENDED)).filter(
      (run) => !unfinished.has(experimentOf(run) ?? ''),
    );
    return { experiments: await removeAll(tables, ended), runs: await removeAll(runs, done) };
  };
  return withQueues(url, clean, access);
}

/** Removes every key of the queue, including keys of other programs under its prefix. */
export async function emptyQueue(url: string, access?: QueueAccess): Promise<{ keys: number }> {
  const empty = async ({ redis }: Queues) => {
    let keys = 0;
    for await (const found of redis.scanStream({ match: `${PREFIX}:*`, count: 1_000 })) {
      const names = found as string[];
      if (names.length > 0) keys += await redis.unlink(...names);
    }
    return { keys };
  };
  return withQueues(url, empty, access);
}
