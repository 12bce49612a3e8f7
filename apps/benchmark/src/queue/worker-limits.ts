import { availableParallelism } from 'node:os';

/** Limits of a worker on jobs from a queue. */
export interface WorkerLimits {
  /** Threads in a run. */
  replicas: number;
  /** Passes over the training set. */
  epochs: number;
  /** Filters of the first stage. */
  width: number;
  /** Megabytes of a batch in memory. */
  batchMb: number;
  /** Length of a sound window in seconds. */
  soundSeconds: number;
  /** Attempts of a job. */
  attempts: number;
  /** Kilobytes of a run's configuration. */
  jobKb: number;
  /** Runs in a table. */
  tableRuns: number;
}

/** A limit as a flag of the command line. */
interface LimitFlag {
  flag: string;
  help: string;
  /** The default. */
  value: number;
  /** Of a time, which may be a fraction. The other limits are counts. */
  unit?: 'seconds';
}

/** The flag of each limit. */
export const LIMITS: Record<keyof WorkerLimits, LimitFlag> = {
  replicas: {
    flag: '--max-replicas',
    help: 'most threads that a run may ask for',
    value: Math.max(8, availableParallelism()),
  },
  epochs: {
    flag: '--max-epochs',
    help: 'most passes that a run may ask for',
    value: 1_000,
  },
  width: { flag: '--max-width', help: 'most filters of the first stage', value: 512 },
  batchMb: {
    flag: '--max-batch-mb',
    help: 'most megabytes of a batch in memory',
    value: 512,
  },
  soundSeconds: {
    flag: '--max-sound-seconds',
    help: 'greatest length of a sound window',
    value: 60,
    unit: 'seconds',
  },
  attempts: {
    flag: '--max-attempts',
    help: 'most tries that a job may ask for',
    value: 10,
  },
  jobKb: {
    flag: '--max-job-kb',
    help: 'most kilobytes of a run’s configuration',
    value: 64,
  },
  tableRuns: { flag: '--max-table-runs', help: 'most runs of a table', value: 10_000 },
};

/** The default limits. */
export function defaultLimits(): WorkerLimits {
  const entries = Object.entries(LIMITS).map(([name, { value }]) => [name, value]);
  return Object.fromEntries(entries);
}
