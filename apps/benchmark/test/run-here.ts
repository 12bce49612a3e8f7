import { executeRun } from '../src/run/execute-run.js';
import type { RunProgress, RunResult } from '../src/run/run-result.js';
import type { WorkerInput } from '../src/run/run-worker.js';

/** Stands in for `executeInThreads`: the run trains in this thread, which has everything loaded. */
export function executeInThreads(
  { config, data, keeping, isTiming }: WorkerInput,
  signal: AbortSignal,
  onProgress: (progress: RunProgress) => void,
): Promise<RunResult> {
  return executeRun(config, { data, keeping, isTiming, signal, onProgress });
}
