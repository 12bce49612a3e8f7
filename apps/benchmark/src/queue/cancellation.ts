import type { Redis } from 'ioredis';
import { PREFIX } from './connection.js';

/** How long a cancellation is remembered, in seconds: longer than a worker is away. */
const KEPT_S = 7 * 24 * 3600;

function key(experiment: string): string {
  return `${PREFIX}:cancelled:${experiment}`;
}

/** A run's job: the configuration's hash within the experiment, so that no run of it counts twice. */
export function runJobId(experiment: string, run: string): string {
  return `${experiment}.${run}`;
}

/** The experiment of a run's job, or `null` for a run of none. */
export function experimentOf(runJob: string): string | null {
  return /^([0-9a-f]{12})\./.exec(runJob)?.[1] ?? null;
}

/** Tells workers and waiting sweeps that an experiment is not wanted any more. */
export async function cancelExperiment(redis: Redis, experiment: string): Promise<void> {
  await redis.set(key(experiment), new Date().toISOString(), 'EX', KEPT_S);
}

/** Forgets that an experiment was cancelled. */
export async function allowExperiment(redis: Redis, experiment: string): Promise<void> {
  await redis.del(key(experiment));
}

/** Those of the experiments that were cancelled. */
export async function cancelledOf(redis: Redis, experiments: string[]): Promise<Set<string>> {
  const names = [...new Set(experiments)];
  if (names.length === 0) return new Set();
  const found = await redis.mget(names.map(key));
  return new Set(names.filter((_, at) => found[at] !== null));
}

/** Why the run of a cancelled experiment failed. */
export const CANCELLED = 'cancelled by `ds-benchmark queue cancel`';
