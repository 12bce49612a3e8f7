import { replica } from '@ds/train/replicas';
import { importPoolings } from '../poolings/import-poolings.js';
import { executeRun } from './execute-run.js';
import type { ThreadInput } from './run-worker.js';

// One of the replicas that share a run; the first one speaks for all.
await replica<ThreadInput, unknown>(async ({ input, replicas, signal, send }) => {
  const { config, data, keeping, isTiming, imports } = input;
  await importPoolings(imports);
  return executeRun(config, {
    data,
    keeping,
    isTiming,
    replicas,
    signal,
    onProgress: replicas.rank === 0 ? send : undefined,
  });
});
