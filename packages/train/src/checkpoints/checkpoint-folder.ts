import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  type Check,
  ConfigError,
  DataError,
  describe,
  integerIn,
  refuse,
  requireFunction,
  requireObject,
  requireOptions,
  requireString,
} from '@ds/checks';
import { requireTrainingState } from '../require-training-state.js';
import type { TrainingState } from '../training-state.js';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint-file.js';
import { DiskError } from './disk-error.js';
import { makeFolder } from './make-folder.js';
import { finiteJson } from './non-finite-json.js';
import { removeTemporaries } from './write-file-whole.js';

/** Options of {@link checkpointFolder}. */
export interface CheckpointFolderOptions {
  /** Number of undamaged checkpoints to keep. Default 3. */
  keep?: number;
  /**
   * The identity of the training: texts by name, such as hashes of its configuration and its data.
   * Every checkpoint stores them. A checkpoint with other texts is refused. Default: no check.
   */
  of?: Record<string, string>;
  /**
   * Called before anything is written or removed, and again right before a checkpoint moves into
   * place. If it throws, nothing more is written or removed.
   */
  mayWrite?: () => void;
  /**
   * Called for each damaged checkpoint that is skipped. Also called once if the folder has a
   * checkpoint of a later step than the one just saved.
   */
  onWarning?: (message: string) => void;
}

/** The checkpoints of one training. */
export interface CheckpointFolder {
  /**
   * Saves a state, with optional JSON data, and removes old checkpoints when it is safe.
   *
   * @throws ConfigError if `extra` is not data for JSON, such as a bigint.
   * @throws DataError that names the file and the disk if the write fails. Earlier checkpoints
   *   stay.
   */
  save(state: TrainingState, extra?: unknown): Promise<void>;
  /**
   * The newest undamaged checkpoint, or `null`. Removes temporary files of killed writers.
   *
   * @throws Error with name `OtherTraining` if a file does not match `of`, and DataError if the
   *   newest file cannot be read, such as one of another user. Both name the file.
   */
  latest(): Promise<{ state: TrainingState; extra: unknown } | null>;
}

/** The checkpoint of another training. */
class OtherTraining extends Error {
  override readonly name = 'OtherTraining';
}

const NAME = /^step-(\d+)\.ckpt$/;

/**
 * Keeps the states of a training in a folder, one file each. A file is written to a temporary
 * name, synced, and moved into place. Its SHA-256 is checked when it is read. A training killed at
 * any moment resumes from the newest undamaged state. Only one training at a time may write to a
 * folder.
 *
 * @throws ConfigError if keep is not an integer ≥ 1.
 */
export function checkpointFolder(
  folder: string,
  options: CheckpointFolderOptions = {},
): CheckpointFolder {
  requireString('checkpointFolder', 'folder', folder);
  requireOptions<CheckpointFolderOptions>('checkpointFolder', 'options', options, {
    keep: integerIn(1),
    of: requireTexts,
    mayWrite: requireFunction,
    onWarning: requireFunction,
  });
  const { keep = 3, of = {}, mayWrite = () => {}, onWarning = () => {} } = options;
  const whole = new WholeFiles(folder);
  let isWarned = false;
  return {
    async save(state, extra = null) {
      requireTrainingState('checkpointFolder().save', 'state', state);
      requireJson('checkpointFolder().save', 'extra', extra);
      mayWrite();
      const name = `step-${String(state.step).padStart(8, '0')}.ckpt`;
      const file = path.join(folder, name);
      try {
        await makeFolder(folder);
        await writeCheckpoint(file, { state, extra, of }, mayWrite);
      } catch (error) {
        // Errors of `mayWrite` pass through unchanged.
        if (!(error instanceof DiskError)) throw error;
        throw new DataError(`checkpoint ${error.message}; those before it are as they were`, {
          cause: error,
        });
      }
      await whole.remember(name);
      const [newest] = await newestFirst(folder);
      if (!isWarned && newest !== name) {
        isWarned = true;
        onWarning(
          `checkpoint ${file}: its folder has a later one, ${newest}, which counts as newer; ` +
            'remove it if it is of another training',
        );
      }
      mayWrite();
      await removeOld(folder, state.step, keep, whole);
    },
    async latest() {
      mayWrite();
      if ((await namesIn(folder)).length === 0) return null;
      await removeTemporaries(folder);
      for (const name of await newestFirst(folder)) {
        let found: Checkpoint;
        try {
          found = await readCheckpoint(path.join(folder, name));
        } catch (error) {
          requireDamage(path.join(folder, name), error);
          onWarning(ofFile(path.join(folder, name), error));
          continue;
        }
        requireOf(path.join(folder, name), of, found.of);
        await whole.remember(name);
        return { state: found.state, extra: found.extra };
      }
      return null;
    },
  };
}

/**
 * Keeps the newest `keep` undamaged checkpoints up to a step, and removes older ones. Damaged
 * checkpoints do not count, since they would displace undamaged ones.
 */
async function removeOld(
  folder: string,
  step: number,
  keep: number,
  whole: WholeFiles,
): Promise<void> {
  const names = (await newestFirst(folder)).filter((name) => stepOf(name) <= step);
  let kept = 0;
  for (const name of names) {
    if (kept === keep) await rm(path.join(folder, name), { force: true });
    else if (await whole.has(name)) kept += 1;
  }
}

/** Finds the undamaged files of a folder. Reads each file once. */
class WholeFiles {
  /** Length and modification time of each undamaged file. */
  private readonly known = new Map<string, string>();

  constructor(private readonly folder: string) {}

  async remember(name: string): Promise<void> {
    this.known.set(name, await this.markOf(name));
  }

  async has(name: string): Promise<boolean> {
    try {
      if (this.known.get(name) === (await this.markOf(name))) return true;
      await readCheckpoint(path.join(this.folder, name));
      await this.remember(name);
      return true;
    } catch {
      return false;
    }
  }

  private async markOf(name: string): Promise<string> {
    const { size, mtimeMs } = await stat(path.join(this.folder, name));
    return `${size} ${mtimeMs}`;
  }
}

/**
 * Accepts the error of a damaged file. A file that only cannot be read may be the newest state: a
 * training that went on without it would silently lose steps.
 *
 * @throws DataError that names the file, for any other error.
 */
function requireDamage(file: string, error: unknown): asserts error is Error {
  const { code, message } = error as NodeJS.ErrnoException;
  // A folder is no checkpoint, and a file that is gone cannot be the newest state.
  if (error instanceof DataError || code === 'EISDIR' || code === 'ENOENT') return;
  throw new DataError(
    `checkpoint ${file}: could not be read: ${message}; make it readable, or remove it to resume ` +
      'from the one before',
    { cause: error },
  );
}

/** What a warning says about a file: the error's own words, if they name the file. */
function ofFile(file: string, error: Error): string {
  if (error instanceof DataError) return error.message;
  return `checkpoint ${file}: could not be read: ${error.message}`;
}

function requireOf(
  file: string,
  wanted: Record<string, string>,
  found: Record<string, string>,
): void {
  for (const [name, value] of Object.entries(wanted)) {
    if (found[name] === value) continue;
    throw new OtherTraining(
      `checkpoint ${file}: must be of ${name} ${value}, got ${found[name] ?? 'one that does not say'}; ` +
        `restore what it was made with, or remove ${path.dirname(file)} to start again`,
    );
  }
}

/** @throws ConfigError if a value is not written as JSON, such as a function or a bigint. */
const requireJson: Check = (fn, name, value) => {
  let text: string | undefined;
  try {
    text = finiteJson(value);
  } catch (error) {
    const got = `${describe(value)}: ${(error as Error).message.split('\n')[0]}`;
    throw new ConfigError(`${fn}: ${name} must be data for JSON, got ${got}`, { cause: error });
  }
  if (text === undefined) refuse(fn, name, 'be data for JSON', value);
};

const requireTexts: Check = (fn, name, value) => {
  requireObject(fn, name, value);
  for (const [key, text] of Object.entries(value as object)) {
    requireString(fn, `${name}.${key}`, text);
  }
};

async function newestFirst(folder: string): Promise<string[]> {
  const names = await namesIn(folder);
  return names.filter((name) => NAME.test(name)).toSorted((a, b) => stepOf(b) - stepOf(a));
}

/** The names in a folder, none if it does not exist. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    throw new DataError(`checkpointFolder: folder must be readable, got ${folder}: ${message}`, {
      cause: error,
    });
  }
}

function stepOf(name: string): number {
  return Number(NAME.exec(name)![1]);
}
