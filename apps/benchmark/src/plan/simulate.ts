import { randomStream } from '@ds/data';
import TinyQueue from 'tinyqueue';

/** Durations of a simulated run, in seconds. */
export interface PlannedRun {
  /** Setup before each start, also after a takeover. */
  setup: number;
  /** Work that a checkpoint can save. */
  work: number;
  /** Work between checkpoints. */
  checkpoint: number;
}

/** The input of a simulation. */
export interface SimulationOptions {
  /** Number of machines. Each executes `jobs` runs at a time. */
  workers: number;
  jobs: number;
  /** Mean failures per hour of uptime. Times to failure are exponentially distributed. */
  failuresPerHour: number;
  /** Seconds until a failed worker restarts. */
  restart: number;
  /** Seconds until other workers take over the runs of a failed worker. */
  stalledAfter: number;
  /** Whether a takeover resumes from the last checkpoint. Otherwise the run restarts. */
  isShared: boolean;
  seed: number;
}

/** The result of one simulated sweep, in seconds. */
export interface SimulatedSweep {
  makespan: number;
  /** Repeated work, and setups after takeovers. */
  lost: number;
  failures: number;
}

type Happening =
  | { time: number; kind: 'end'; worker: number; run: number; life: number }
  | { time: number; kind: 'death' | 'return'; worker: number }
  | { time: number; kind: 'requeue'; run: number };

/** Number of failures after which the simulation gives up. */
const MOST_DEATHS = 500_000;

/**
 * Simulates a sweep. Workers take runs in order, fail and restart. Other workers take over the
 * runs of a failed worker.
 *
 * @throws Error if workers fail so often that the runs cannot finish.
 */
export function simulateSweep(runs: PlannedRun[], options: SimulationOptions): SimulatedSweep {
  const { workers, jobs, failuresPerHour, restart, stalledAfter, isShared, seed } = options;
  const random = randomStream(seed, 6);
  const untilDeath = () =>
    failuresPerHour > 0
      ? (-3600 / failuresPerHour) * Math.log(1 - random.uniform())
      : Number.POSITIVE_INFINITY;
  const happenings = new TinyQueue<Happening>([], (a, b) => a.time - b.time);
  const waiting = runs.map((_, index) => index);
  const remaining = runs.map(({ work }) => work);
  /** Runs in progress by worker, with their start times. */
  const active = Array.from({ length: workers }, () => new Map<number, number>());
  /** Failures of each worker. A scheduled completion from before a failure is ignored. */
  const lives = new Array<number>(workers).fill(0);
  const isAlive = new Array<boolean>(workers).fill(true);
  let done = 0;
  let lost = 0;
  let failures = 0;
  let now = 0;
  const take = (worker: number) => {
    const held = active[worker]!;
    while (isAlive[worker] && held.size < jobs && waiting.length > 0) {
      const run = waiting.shift()!;
      held.set(run, now);
      const time = now + runs[run]!.setup + remaining[run]!;
      happenings.push({ time, kind: 'end', worker, run, life: lives[worker]! });
    }
  };
  const takeAll = () => {
    for (let worker = 0; worker < workers && waiting.length > 0; worker++) take(worker);
  };
  for (let worker = 0; worker < workers; worker++) {
    const time = untilDeath();
    if (Number.isFinite(time)) happenings.push({ time, kind: 'death', worker });
  }
  takeAll();
  while (done < runs.length) {
    const next = happenings.pop()!;
    now = next.time;
    switch (next.kind) {
      case 'end':
        if (lives[next.worker] !== next.life) break;
        active[next.worker]!.delete(next.run);
        done += 1;
        take(next.worker);
        break;
      case 'death':
        failures += 1;
        if (failures > MOST_DEATHS) {
          throw new Error(
            'sweep --plan: --failures must leave workers time to finish a run, ' +
              'or to reach its next checkpoint; ' +
              `with ${failuresPerHour} per hour, ${done} of ${runs.length} runs are done ` +
              `after ${MOST_DEATHS} failures`,
          );
        }
        isAlive[next.worker] = false;
        lives[next.worker]! += 1;
        for (const [run, start] of active[next.worker]!) {
          const { setup, checkpoint } = runs[run]!;
          const worked = Math.max(0, now - start - setup);
          const kept = isShared ? Math.floor(worked / checkpoint) * checkpoint : 0;
          remaining[run]! -= kept;
          lost += now - start - kept;
          happenings.push({ time: now + stalledAfter, kind: 'requeue', run });
        }
        active[next.worker]!.clear();
        happenings.push({ time: now + restart, kind: 'return', worker: next.worker });
        break;
      case 'return':
        isAlive[next.worker] = true;
        happenings.push({ time: now + untilDeath(), kind: 'death', worker: next.worker });
        take(next.worker);
        break;
      case 'requeue':
        waiting.unshift(next.run);
        takeAll();
    }
  }
  return { makespan: now, lost, failures };
}
