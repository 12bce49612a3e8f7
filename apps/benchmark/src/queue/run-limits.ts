import { availableParallelism } from 'node:os';
import type { RunConfig } from '../run-config.js';
import { lineSchema } from './plain-text.js';

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

/** The flag, help text and default of each limit. */
export const LIMITS: Record<keyof WorkerLimits, { flag: string; what: string; value: number }> = {
  replicas: {
    flag: '--max-replicas',
    what: 'threads that a run may ask for',
    value: Math.max(8, availableParallelism()),
  },
  epochs: { flag: '--max-epochs', what: 'passes that a run may ask for', value: 1_000 },
  width: { flag: '--max-width', what: 'filters of the first stage', value: 512 },
  batchMb: { flag: '--max-batch-mb', what: 'megabytes of a batch in memory', value: 512 },
  soundSeconds: { flag: '--max-sound-seconds', what: 'length of a sound window', value: 60 },
  attempts: { flag: '--max-attempts', what: 'tries that a job may ask for', value: 10 },
  jobKb: { flag: '--max-job-kb', what: 'kilobytes of a run’s configuration', value: 64 },
  tableRuns: { flag: '--max-table-runs', what: 'runs of a table', value: 10_000 },
};

/** The default limits. */
export function defaultLimits(): WorkerLimits {
  const entries = Object.entries(LIMITS).map(([name, { value }]) => [name, value]);
  return Object.fromEntries(entries);
}

/** Limits without a flag. No practical network needs more. */
const MOST_BLOCKS = 16;
const MOST_BANDS = 1_024;
const FASTEST_HZ = 192_000;
const MOST_PADDING = 256;
const LONGEST_PATTERN = 200;
const MOST_FIELDS = 8;

/** Bytes of a batch of images or spectrograms, in float32. */
function batchBytes({ dataset, batchSize, imageSize, padding, sounds }: RunConfig): number {
  // Sounds have a frame every 10 ms.
  if (sounds) return 4 * batchSize * 100 * sounds.seconds * sounds.bands;
  const side = dataset === 'imagefolder' ? imageSize! : 32 + 2 * padding;
  return 4 * batchSize * side * side * 3;
}

/**
 * Rejects a run that exceeds the limits of this worker.
 *
 * @throws Error that names the field, the limit, and the worker's flag for it.
 */
export function requireWithinLimits(config: RunConfig, limits: WorkerLimits): void {
  const atMost = (name: string, value: number, limit: keyof WorkerLimits) => {
    if (value <= limits[limit]) return;
    throw new Error(
      `run configuration: ${name} must be <= ${limits[limit]} on this worker ` +
        `(its ${LIMITS[limit].flag}), got ${value}`,
    );
  };
  const below = (name: string, value: number, most: number) => {
    if (value <= most) return;
    throw new Error(
      `run configuration: ${name} must be <= ${most} for a run of a queue, got ${value}`,
    );
  };
  atMost('replicas', config.replicas, 'replicas');
  atMost('epochs', config.epochs, 'epochs');
  atMost('width', config.width, 'width');
  below('padding', config.padding, MOST_PADDING);
  below('the number of strides', config.strides.length, MOST_BLOCKS);
  const { sounds } = config;
  if (sounds) {
    atMost('sounds.seconds', sounds.seconds, 'soundSeconds');
    below('sounds.bands', sounds.bands, MOST_BANDS);
    below('sounds.sampleRate', sounds.sampleRate, FASTEST_HZ);
    requirePlainPattern(sounds.pattern ?? '');
    for (const task of sounds.tasks ?? []) {
      if (lineSchema.safeParse(task).success && !/[<>]/.test(task)) continue;
      throw new Error(
        'run configuration: sounds.tasks must be plain text without < and >, ' +
          `got ${JSON.stringify(task)}`,
      );
    }
  }
  atMost('megabytes of a batch', Math.ceil(batchBytes(config) / 1e6), 'batchMb');
}

/** Limits the pattern so that it matches every file name fast: few fields, separated by text. */
function requirePlainPattern(pattern: string): void {
  const fields = pattern.match(/\{\w+\}/g) ?? [];
  const isPlain =
    pattern.length <= LONGEST_PATTERN && fields.length <= MOST_FIELDS && !/\}\{/.test(pattern);
  if (!isPlain) {
    throw new Error(
      `run configuration: sounds.pattern must have at most ${LONGEST_PATTERN} characters ` +
        `and ${MOST_FIELDS} fields with text between them, ` +
        `got ${JSON.stringify(pattern.slice(0, LONGEST_PATTERN))}`,
    );
  }
}
