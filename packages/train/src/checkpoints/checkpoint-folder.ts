import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import {
  integerIn,
  requireFunction,
  requireObject,
  requireOptions,
  requireString,
} from '@ds/checks';
import type { TrainingState } from '../training-state.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint-file.js';

/** Options of {@link checkpointFolder}. */
export interface CheckpointFolderOptions {
  /** The newest that are kept. Default 3. */
  keep?: number;
  /** Told of checkpoints that are damaged, which are passed over. */
  onWarning?: (message: string) => void;
}

/** The checkpoints of one training. */
export interface CheckpointFolder {
  /** Keeps a state, with anything else that JSON can say, and removes old ones when it is safe. */
  save(state: TrainingState, extra?: unknown): Promise<void>;
  /** The newest checkpoint that is whole, or `null`. */
  latest(): Promise<{ state: TrainingState; extra: unknown } | null>;
}

const NAME = /^step-(\d+)\.ckpt$/;

/**
 * Keeps the states of a training in a folder, one file each: written aside, synced, moved into place, and
 * checked by their SHA-256 when read. A training killed at any moment goes on from the newest that is whole.
 *
 * @throws Error if keep is not an integer ≥ 1.
 */
export function checkpointFolder(
  folder: string,
  options: CheckpointFolderOptions = {},
): CheckpointFolder {
  requireString('checkpointFolder', 'folder', folder);
  requireOptions<CheckpointFolderOptions>('checkpointFolder', 'options', options, {
    keep: integerIn(1),
    onWarning: requireFunction,
  });
  const { keep = 3, onWarning = () => {} } = options;
  return {
    async save(state, extra = null) {
      requireObject('checkpointFolder().save', 'state', state);
      await mkdir(folder, { recursive: true });
      const file = path.join(folder, `step-${String(state.step).padStart(8, '0')}.ckpt`);
      try {
        await writeCheckpoint(file, state, extra);
      } catch (error) {
        throw new Error(
          `checkpoint ${file}: could not be written; those before it are as they were`,
          { cause: error },
        );
      }
      const old = (await newestFirst(folder)).slice(keep);
      await Promise.all(old.map((name) => rm(path.join(folder, name), { force: true })));
    },
    async latest() {
      for (const name of await newestFirst(folder)) {
        try {
          return await readCheckpoint(path.join(folder, name));
        } catch (error) {
          onWarning(error instanceof Error ? error.message : String(error));
        }
      }
      return null;
    },
  };
}

async function newestFirst(folder: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const steps = (name: string) => Number(NAME.exec(name)![1]);
  return names.filter((name) => NAME.test(name)).toSorted((a, b) => steps(b) - steps(a));
}
