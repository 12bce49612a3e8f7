import { replica } from '@ds/train/replicas';
import { importPoolings } from '../poolings/import-poolings.js';
import { executeRun, trainAlong } from './execute-run.js';
import type { ThreadInput } from './run-worker.js';

// One of the replicas that share a run. The first one measures the network and reports for all.
await replica<ThreadInput, unknown>(async ({ input, replicas, signal, send }) => {
  const { config, data, keeping, isTiming, imports } = input;
  await importPoolings(imports);
  const options = { data, keeping, isTiming, replicas, signal };
  if (replicas.rank > 0) return trainAlong(config, options);
  return executeRun(config, { ...options, onProgress: send });
});
