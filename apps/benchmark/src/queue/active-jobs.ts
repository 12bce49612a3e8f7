import { setTimeout } from 'node:timers/promises';
import type { Job } from 'bullmq';
import type { Redis } from 'ioredis';
import { cancelledOf, experimentOf } from './cancellation.js';
import { holdLock } from './hold-lock.js';
import type { ActiveJob } from './work-context.js';

/** The jobs that a worker has in progress, by id. */
export type ActiveJobs = Map<string, ActiveJob>;

/** Works on a job while it is listed as active and its lock is held. A lost lock drops the job. */
export async function whileActive<Result>(
  active: ActiveJobs,
  job: Job,
  token: string,
  stalledAfter: number,
  body: (entry: ActiveJob) => Promise<Result>,
): Promise<Result> {
  const drop = new AbortController();
  const lock = await holdLock(job, token, stalledAfter, () => drop.abort());
  const id = job.id!;
  const entry: ActiveJob = { drop, isCancelled: false, replicas: 1, lease: lock.lease };
  active.set(id, entry);
  try {
    return await body(entry);
  } finally {
    lock.release();
    // After a lost lock the worker may have taken the same job again.
    if (active.get(id) === entry) active.delete(id);
  }
}

/** Waits until no job is in progress, up to a timeout in milliseconds. */
export async function emptied(active: ActiveJobs, patience: number): Promise<void> {
  const begun = performance.now();
  while (active.size > 0 && performance.now() - begun < patience) await setTimeout(20);
}

/** Stops cancelled runs, and those of cancelled experiments. */
export async function dropCancelled(redis: Redis, active: ActiveJobs): Promise<void> {
  const idsOf = (id: string) => [id, experimentOf(id) ?? []].flat();
  // The watch reports a Redis that does not answer.
  const cancelled = await cancelledOf(redis, [...active.keys()].flatMap(idsOf)).catch(
    () => new Set<string>(),
  );
  for (const [id, entry] of active) {
    if (!idsOf(id).some((one) => cancelled.has(one))) continue;
    entry.isCancelled = true;
    entry.drop.abort();
  }
}
