import { randomStream } from '@ds/data';
import TinyQueue from 'tinyqueue';

/** A run as the simulation sees it, in seconds. */
export interface PlannedRun {
  /** Before each start, a takeover's included. */
  setup: number;
  /** Of work that a checkpoint can keep. */
  work: number;
  /** Work between checkpoints. */
  checkpoint: number;
}

/** What is simulated. */
export interface SimulationOptions {
  /** Machines, each with so many runs at a time. */
  workers: number;
  jobs: number;
  /** Times a worker dies in an hour of life, on average (exponentially distributed). */
  failuresPerHour: number;
  /** Seconds until a dead worker is back. */
  restart: number;
  /** Seconds until its runs are given to others. */
  stalledAfter: number;
  /** Whether a run taken over goes on from its last checkpoint, or begins anew. */
  isShared: boolean;
  seed: number;
}

/** How one simulated sweep went, in seconds. */
export interface SimulatedSweep {
  makespan: number;
  /** Work done more than once, and setups of takeovers. */
  lost: number;
  failures: number;
}

type Happening =
  | { time: number; kind: 'end'; worker: number; run: number; life: number }
  | { time: number; kind: 'death' | 'return'; worker: number }
  | { time: number; kind: 'requeue'; run: number };

/** Deaths after which a sweep counts as one that never ends. */
const MOST_DEATHS = 500_000;

/**
 * Plays a sweep through: workers take runs in their order, die, come back, and others take over.
 *
 * @throws Error if workers die so often that the runs do not get done.
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
  /** Runs in progress by worker, with the time of their start. */
  const active = Array.from({ length: workers }, () => new Map<number, number>());
  /** Counted up at each death: what a worker was to finish in an earlier life it does not. */
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
            `sweep --plan: --failures must leave workers time to finish a run, or to come to its next checkpoint; ` +
              `with ${failuresPerHour} an hour ${done} of ${runs.length} runs are done after ${MOST_DEATHS} deaths`,
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
