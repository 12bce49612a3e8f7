import type { RunConfig } from '../config/run-config.js';
import { lineSchema } from './plain-text.js';
import { LIMITS, type WorkerLimits } from './worker-limits.js';

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
