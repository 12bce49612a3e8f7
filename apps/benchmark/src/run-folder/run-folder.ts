import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { makeFolder, removeTemporaries, writeFileWhole } from '@ds/train/checkpoints';
import type { LayersModel } from '@tensorflow/tfjs';
import { type RunConfig, runId } from '../run-config.js';
import type { RunResult } from '../run-result.js';
import { openMetrics } from './metrics-file.js';
import { requireWholeModel, saveModel } from './saved-model.js';
import { tensorboardLog } from './tensorboard.js';

/** Where a run keeps what it knows: `<output>/runs/<id>`. */
export function runFolder(output: string, config: RunConfig): string {
  return path.join(output, 'runs', runId(config));
}

/** Where its checkpoints lie. */
export function checkpointsOf(folder: string): string {
  return path.join(folder, 'checkpoints');
}

/** How a run's folder is opened. */
export interface OpenOptions {
  /** Where the run begins, or goes on. */
  begin: { steps: number; epochs: number };
  /** Called before every write. If it throws, nothing more is written. */
  mayWrite: () => void;
  onWarning: (message: string) => void;
}

/**
 * Opens a run's folder to write: `config.json`, `environment.json`, `metrics.jsonl`, `tensorboard/`, and when it is done
 * `model/` and `summary.json`. Beginning at step 0 empties it of an earlier run. What killed writers left is removed.
 *
 * @throws Error that names the file and the disk if something cannot be written; what `mayWrite` throws.
 */
export async function openRunFolder(
  folder: string,
  config: RunConfig,
  environment: Record<string, unknown>,
  { begin, mayWrite, onWarning }: OpenOptions,
) {
  mayWrite();
  if (begin.steps === 0) {
    for (const name of ['tensorboard', 'model', 'summary.json']) {
      await rm(path.join(folder, name), { recursive: true, force: true });
    }
  }
  await removeTemporaries(folder);
  await removeTemporaries(path.join(folder, 'model'));
  await makeFolder(path.join(folder, 'tensorboard'));
  const write = (name: string, value: unknown) =>
    writeFileWhole(path.join(folder, name), `${JSON.stringify(value, null, 2)}\n`, { mayWrite });
  await write('config.json', config);
  await write('environment.json', environment);
  const metrics = await openMetrics(path.join(folder, 'metrics.jsonl'), begin, {
    mayWrite,
    onWarning,
  });
  return {
    metrics,
    tensorboard: tensorboardLog(path.join(folder, 'tensorboard'), begin.steps, mayWrite),
    finish: async (model: LayersModel, result: RunResult) => {
      await saveModel(model, path.join(folder, 'model'), mayWrite);
      await write('summary.json', result);
    },
  };
}

/**
 * The result of a run that was finished in this folder, or `null`. Every test must be of all test images, with a finite
 * loss, and its model whole.
 */
export async function finishedResult(folder: string, config: RunConfig): Promise<RunResult | null> {
  try {
    const result: RunResult = JSON.parse(await readFile(path.join(folder, 'summary.json'), 'utf8'));
    // JSON has no NaN, and holds null for a loss that was not finite.
    const isTested = result.epochs.every(
      ({ evaluation }) =>
        !evaluation ||
        (Number.isFinite(evaluation.loss) && evaluation.count === result.images.test),
    );
    const isWhole = !result.stopped && result.shift !== null && isTested;
    if (!isWhole || !isDeepStrictEqual(result.config, config)) return null;
    await requireWholeModel(path.join(folder, 'model'));
    return result;
  } catch {
    return null;
  }
}
