import { rm } from 'node:fs/promises';
import type { TrainingState } from '@ds/train';
import { checkpointFolder } from '@ds/train/checkpoints';
import { type RunConfig, runId } from '../config/run-config.js';
import type { RunData } from '../data/run-data.js';
import { FinalFailure, finalFailure } from '../queue/retries.js';
import { Lease } from '../run-folder/lease.js';
import { checkpointsOf, openRunFolder } from '../run-folder/run-folder.js';
import type { RunMemory } from './run-memory.js';
import { isFirstReplica, type RunOptions } from './run-options.js';

/** The folder of a run, to which its results are written. */
export type RunFolder = Awaited<ReturnType<typeof openRunFolder>>;

/** The open files of a run that is kept. */
export interface KeptRun {
  /** The state and measurements to resume from. Absent if the run starts from the beginning. */
  last?: { state: TrainingState; memory: Partial<RunMemory> };
  /** Number of steps between two checkpoints within an epoch. */
  every: number;
  /** Writes a checkpoint. Only the first replica writes. */
  save: (state: TrainingState, memory: RunMemory) => Promise<void>;
  /** Present on the first replica only. */
  folder: RunFolder | null;
}

/**
 * Opens the checkpoints and the folder of a run. Returns `null` if the run is not kept.
 *
 * @throws Error if the data is not that of the finished runs, the newest checkpoint is of another
 *   run or other data, a file cannot be written,
 *   or the lease has run out.
 */
export async function keepRun(
  config: RunConfig,
  data: RunData,
  environment: Record<string, unknown>,
  options: RunOptions,
): Promise<KeptRun | null> {
  const { keeping } = options;
  if (!keeping) return null;
  const { every, resume } = keeping;
  const isFirst = isFirstReplica(options);
  const lease = keeping.lease ? new Lease(keeping.lease) : null;
  const mayWrite = () => lease?.requireHeld();
  const onWarning = (message: string) => void (isFirst && console.warn(message));
  const place = checkpointsOf(keeping.folder);
  const of = { configuration: runId(config), data: await data.fingerprint() };
  if (keeping.dataHash !== undefined && keeping.dataHash !== of.data) {
    throw new FinalFailure(
      `--resume: the data must be that of the finished runs (${keeping.dataHash}), ` +
        `got ${of.data}: give the folder of that data, or --overwrite to train all runs again`,
    );
  }
  if (!resume && isFirst) {
    mayWrite();
    await rm(place, { recursive: true, force: true });
  }
  const checkpoints = checkpointFolder(place, { of, mayWrite, onWarning });
  const last = resume ? await checkpoints.latest().catch(refused) : null;
  const { step = 0, epochs = [] } = last?.state ?? {};
  const begin = { steps: step, epochs: epochs.length };
  const folder = isFirst
    ? await openRunFolder(keeping.folder, config, environment, { begin, mayWrite, onWarning })
    : null;
  return {
    last: last ? { state: last.state, memory: last.extra as Partial<RunMemory> } : undefined,
    every,
    save: async (state, memory) => {
      if (isFirst) await checkpoints.save(state, memory);
    },
    folder,
  };
}

/** A repeated attempt would fail again, since the checkpoint of another run would remain. */
function refused(error: Error): never {
  throw error.name === 'OtherTraining' ? finalFailure(error.message, error) : error;
}
