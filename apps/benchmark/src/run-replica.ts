import { replica } from '@ds/train/replicas';
import { executeRun } from './run.js';
import type { WorkerInput } from './run-worker.js';

// One of the replicas that share a run; the first one speaks for all.
await replica<WorkerInput, unknown>(async ({ input, replicas, signal, send }) => {
  const { config, dataFolder, checkpoints } = input;
  return executeRun(config, {
    dataFolder,
    checkpoints,
    replicas,
    signal,
    onProgress: replicas.rank === 0 ? send : undefined,
  });
});
