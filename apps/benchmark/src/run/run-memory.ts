import type { RunResult, StepRecord } from '../run-result.js';

/** What a run has measured so far. A checkpoint holds it besides the state of the training. */
export interface RunMemory {
  /** Points of the curves. */
  steps: StepRecord[];
  /** Images per second, of every step. */
  rates: number[];
  /** Test accuracy after the last epoch. */
  testAccuracy: number | null;
  /** Multiply-adds for one image, after every epoch. */
  epochMacs: number[];
  timing: RunResult['timing'];
}

/** The memory to go on with: that of a checkpoint, or an empty one. */
export function runMemory(kept: Partial<RunMemory> = {}): RunMemory {
  const { steps = [], rates = [], testAccuracy = null, epochMacs = [] } = kept;
  const timing = kept.timing ?? { setup: 0, training: 0, evaluation: 0, shift: 0 };
  return { steps, rates, testAccuracy, epochMacs, timing };
}
