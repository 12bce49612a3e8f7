import type { Redis } from 'ioredis';
import { PREFIX } from './connection.js';

/** Seconds to remember a cancellation: longer than a worker stays disconnected. */
const KEPT_S = 7 * 24 * 3600;

/** The key of an experiment, or of the job of a run. */
function key(id: string): string {
  return `${PREFIX}:cancelled:${id}`;
}

/** The job id of a run. It contains the configuration's hash, so each run counts once. */
export function runJobId(experiment: string, run: string): string {
  return `${experiment}.${run}`;
}

/** The experiment of a run's job, or `null` if the run belongs to none. */
export function experimentOf(runJob: string): string | null {
  return /^([0-9a-f]{12})\./.exec(runJob)?.[1] ?? null;
}

/** Tells workers and waiting sweeps that an experiment, or one job of a run, is cancelled. */
export async function cancelWork(redis: Redis, id: string): Promise<void> {
  await redis.set(key(id), new Date().toISOString(), 'EX', KEPT_S);
}

/** Removes the cancellation of experiments and of jobs of runs. */
export async function allowWork(redis: Redis, ...ids: string[]): Promise<void> {
  await redis.del(ids.map(key));
}

/** Filters the experiments and the jobs of runs that are cancelled. */
export async function cancelledOf(redis: Redis, ids: string[]): Promise<Set<string>> {
  const names = [...new Set(ids)];
  if (names.length === 0) return new Set();
  const found = await redis.mget(names.map(key));
  return new Set(names.filter((_, at) => found[at] !== null));
}

/** The failure reason of a cancelled run. */
export const CANCELLED = 'cancelled by `ds-benchmark queue cancel`';
