import { availableParallelism, cpus } from 'node:os';

/** The number of cores that this process may use, and the processor: `2 × Intel Xeon`. */
export function processorName(): string {
  return `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}`;
}
