import { describe, expect, it } from 'vitest';
import { type PlannedRun, type SimulationOptions, simulateSweep } from '../../src/plan/simulate.js';

const equal = (count: number, work = 100): PlannedRun[] =>
  Array.from({ length: count }, () => ({ setup: 5, work, checkpoint: 10 }));

const calm: SimulationOptions = {
  workers: 1,
  jobs: 1,
  failuresPerHour: 0,
  restart: 60,
  stalledAfter: 30,
  isShared: true,
  seed: 1,
};

describe('simulateSweep', () => {
  it.each([
    { workers: 1, jobs: 1, runs: 7, makespan: 735 },
    { workers: 3, jobs: 1, runs: 7, makespan: 315 },
    { workers: 2, jobs: 2, runs: 7, makespan: 210 },
    { workers: 1000, jobs: 4, runs: 7, makespan: 105 },
    { workers: 1, jobs: 1, runs: 0, makespan: 0 },
  ])(
    'without failures is arithmetic: $runs runs on $workers × $jobs',
    ({ workers, jobs, runs, makespan }) => {
      const sweep = simulateSweep(equal(runs), { ...calm, workers, jobs });
      expect(sweep).toEqual({ makespan, lost: 0, failures: 0 });
    },
  );

  it('ends where workers never live long enough', () => {
    const hopeless = { ...calm, failuresPerHour: 1e9, workers: 2 };
    expect(() => simulateSweep(equal(3), hopeless)).toThrow(
      /--failures must leave workers time to finish a run, .* 0 of 3 runs are done after 500000 failures/,
    );
  });

  it('gives runs in their order to free workers', () => {
    const runs = [30, 10, 10, 10].map((work) => ({ setup: 0, work, checkpoint: 1 }));
    expect(simulateSweep(runs, { ...calm, workers: 2 }).makespan).toBe(30);
    expect(simulateSweep(runs.toReversed(), { ...calm, workers: 2 }).makespan).toBe(40);
  });

  it('loses little with checkpoints and much without, as failures come', () => {
    const failing = { ...calm, workers: 4, failuresPerHour: 20 };
    const mean = (options: SimulationOptions) => {
      const trials = Array.from({ length: 300 }, (_, seed) =>
        simulateSweep(equal(40), { ...options, seed }),
      );
      const of = (key: 'makespan' | 'lost' | 'failures') =>
        trials.reduce((sum, trial) => sum + trial[key], 0) / trials.length;
      return { makespan: of('makespan'), lost: of('lost'), failures: of('failures') };
    };
    const shared = mean(failing);
    const alone = mean({ ...failing, isShared: false });
    const none = mean(calm).makespan / 4;
    expect(shared.makespan).toBeGreaterThan(none);
    expect(alone.makespan).toBeGreaterThan(shared.makespan);
    // Half a checkpoint and a setup each time, against half a run.
    expect(shared.lost / shared.failures).toBeLessThan(15);
    expect(alone.lost / alone.failures).toBeGreaterThan(30);
    // A worker lives 3 minutes on average and is away for one: failures come at the rate of those
    // alive.
    const alive = 180 / (180 + 60);
    const expected = (shared.makespan / 3600) * 20 * 4 * alive;
    expect(shared.failures / expected).toBeGreaterThan(0.85);
    expect(shared.failures / expected).toBeLessThan(1.2);
  });

  it('is the same for the same seed', () => {
    const failing = { ...calm, workers: 2, failuresPerHour: 30 };
    expect(simulateSweep(equal(9), failing)).toEqual(simulateSweep(equal(9), failing));
    expect(simulateSweep(equal(9), { ...failing, seed: 2 })).not.toEqual(
      simulateSweep(equal(9), failing),
    );
  });
});
