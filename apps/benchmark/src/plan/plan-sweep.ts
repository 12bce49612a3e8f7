import type { RunConfig } from '../config/run-config.js';
import { countOf } from '../data/count-of.js';
import type { DataFolders } from '../data/data-folders.js';
import { scoredCount } from '../data/held-out.js';
import { trainingMacs } from '../network/training-cost.js';
import { processorName } from '../process/processor-name.js';
import { jobsFor } from '../queue/embedded-queue.js';
import { SHIFT_IMAGES } from '../run/measure-run.js';
import { quantile } from '../statistics/quantile.js';
import { type KindCost, kindsOf, measureKinds } from './measure-kinds.js';
import { type PlannedRun, simulateSweep } from './simulate.js';

/** Assumptions of a plan. */
export interface PlanOptions {
  /** Concurrent runs of each worker. Default: as many as the cores allow. */
  jobs?: number;
  /** Concurrent runs in the measurement, if several workers share a machine. Default: `jobs`. */
  sideBySide?: number;
  data: DataFolders;
  checkpointEvery: number;
  /** Numbers of workers, each a machine like this one. */
  workers: number[];
  /** Failures of a worker per hour. */
  failures: number;
  /** Minutes until a failed worker restarts. */
  restart: number;
  /** Seconds until other workers take over the runs of a failed worker. */
  stalledAfter: number;
  shared: boolean;
  onNote: (message: string) => void;
}

/** The predicted cost of a sweep in seconds, bytes and FLOPs (two per multiply-add). */
export interface SweepPlan {
  runs: number;
  device: string;
  /** Concurrent runs on a device. */
  jobs: number;
  kinds: {
    label: string;
    runs: number;
    secondsPerStep: number;
    secondsPerRun: number;
    flops: number;
  }[];
  flops: number;
  /** Lower bound of memory: outputs of one batch, and weights, of the largest run. */
  memoryBytes: number;
  /** Size of all run folders: checkpoints, models, metrics. */
  diskBytes: number;
  deviceSeconds: number;
  /** Simulated sweeps for each number of workers. */
  trials: number;
  makespans: {
    workers: number;
    mean: number;
    p5: number;
    p95: number;
    lost: number;
    failures: number;
  }[];
  assumed: {
    failuresPerHour: number;
    restartSeconds: number;
    stalledAfterSeconds: number;
    isShared: boolean;
  };
}

/** Simulated sweeps for each number of workers. */
const TRIALS = 200;

/** Checkpoints kept for a run: the default of `checkpointFolder`. */
const KEPT_CHECKPOINTS = 3;

/** Copies of the weights in a checkpoint: the weights, and one or two moments. */
const COPIES = { sgd: 2, adam: 3 };

/** Size of one line of metrics, in bytes. */
const LINE_BYTES = 400;

/**
 * Plans a sweep. Measures a few steps of each kind of run, adds up the cost of all runs, and
 * simulates the sweep with workers that fail.
 */
export async function planSweep(configs: RunConfig[], options: PlanOptions): Promise<SweepPlan> {
  const jobs = options.jobs ?? jobsFor(configs);
  const costs = await measureKinds(kindsOf(configs), {
    ...options,
    sideBySide: options.sideBySide ?? jobs,
  });
  const planned = costs.flatMap((cost) =>
    cost.configs.map((config) => ({
      config,
      cost,
      ...planRun(config, cost, options.checkpointEvery),
    })),
  );
  // The order in which a queue starts the runs.
  const order = configs.map((config) => planned.find((run) => run.config === config)!);
  const total = (values: number[]) => values.reduce((sum, value) => sum + value, 0);
  const ofKind = (cost: KindCost) => planned.filter((run) => run.cost === cost);
  return {
    runs: configs.length,
    device: processorName(),
    jobs,
    kinds: costs.map((cost) => ({
      label: cost.label,
      runs: cost.configs.length,
      secondsPerStep: cost.step,
      secondsPerRun:
        total(ofKind(cost).map(({ setup, work }) => setup + work)) / cost.configs.length,
      flops: total(ofKind(cost).map(({ flops }) => flops)),
    })),
    flops: total(planned.map(({ flops }) => flops)),
    memoryBytes: Math.max(
      ...planned.map(
        ({ config, cost }) =>
          config.batchSize * cost.activationBytes +
          4 * cost.parameters * (COPIES[config.optimizer.name] + 1),
      ),
    ),
    diskBytes: total(
      planned.map(
        ({ config, steps, cost }) =>
          4 * cost.parameters * (KEPT_CHECKPOINTS * COPIES[config.optimizer.name] + 1) +
          LINE_BYTES * steps,
      ),
    ),
    deviceSeconds: total(planned.map(({ setup, work }) => setup + work)) / jobs,
    trials: TRIALS,
    makespans: options.workers.map((workers) => makespan(order, workers, jobs, options)),
    assumed: {
      failuresPerHour: options.failures,
      restartSeconds: 60 * options.restart,
      stalledAfterSeconds: options.stalledAfter,
      isShared: options.shared,
    },
  };
}

/** The predicted durations of a run, from the measurements of its kind. */
export function planRun(
  config: RunConfig,
  cost: KindCost,
  checkpointEvery: number,
): PlannedRun & { flops: number; steps: number } {
  const { epochs, batchSize } = config;
  const train = countOf(config.trainImages, cost.available.train);
  const test = scoredCount(config, cost.available.test);
  const steps = epochs * Math.ceil(train / batchSize);
  const shifted = Math.min(SHIFT_IMAGES, test);
  return {
    setup: cost.setup,
    work: steps * cost.step + epochs * test * cost.evaluation + shifted * cost.shift,
    checkpoint: Math.min(checkpointEvery, Math.ceil(train / batchSize)) * cost.step,
    flops: 2 * (trainingMacs(cost.macs, epochs * train) + cost.macs * epochs * test),
    steps,
  };
}

function makespan(runs: PlannedRun[], workers: number, jobs: number, options: PlanOptions) {
  const trials = Array.from({ length: TRIALS }, (_, seed) =>
    simulateSweep(runs, {
      workers,
      jobs,
      failuresPerHour: options.failures,
      restart: 60 * options.restart,
      stalledAfter: options.stalledAfter,
      isShared: options.shared,
      seed,
    }),
  );
  const mean = (key: 'makespan' | 'lost' | 'failures') =>
    trials.reduce((sum, trial) => sum + trial[key], 0) / TRIALS;
  const makespans = trials.map((trial) => trial.makespan);
  return {
    workers,
    mean: mean('makespan'),
    p5: quantile(makespans, 0.05),
    p95: quantile(makespans, 0.95),
    lost: mean('lost'),
    failures: mean('failures'),
  };
}
