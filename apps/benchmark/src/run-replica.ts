import { replica } from '@ds/train/replicas';
import { executeRun } from './run/execute-run.js';
import type { WorkerInput } from './run-worker.js';

// One of the replicas that share a run; the first one speaks for all.
await replica<WorkerInput, unknown>(async ({ input, replicas, signal, send }) => {
  const { config, data, keeping } = input;
  return executeRun(config, {
    data,
    keeping,
    replicas,
    signal,
    onProgress: replicas.rank === 0 ? send : undefined,
  });
});
