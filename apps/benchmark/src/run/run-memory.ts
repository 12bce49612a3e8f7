import type { RunResult, StepRecord } from './run-result.js';

/** The measurements of a run so far. A checkpoint stores them with the training state. */
export interface RunMemory {
  /** Points of the curves. */
  steps: StepRecord[];
  /** Images per second, of every step. */
  rates: number[];
  /** Test score after the last epoch, see `scoreOf`. */
  testAccuracy: number | null;
  /** Multiply-adds for one image, after every epoch. */
  epochMacs: number[];
  timing: RunResult['timing'];
}

/** The memory of a checkpoint, or an empty memory. */
export function runMemory(kept: Partial<RunMemory> = {}): RunMemory {
  const { steps = [], rates = [], testAccuracy = null, epochMacs = [] } = kept;
  const timing = kept.timing ?? { setup: 0, training: 0, evaluation: 0, shift: 0 };
  return { steps, rates, testAccuracy, epochMacs, timing };
}
