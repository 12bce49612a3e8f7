import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { LayersModel } from '@tensorflow/tfjs';
import writeFileAtomic from 'write-file-atomic';
import { type RunConfig, runId } from '../run-config.js';
import type { RunResult } from '../run-result.js';
import { openMetrics } from './metrics-file.js';
import { saveModel } from './saved-model.js';
import { tensorboardLog } from './tensorboard.js';

/** Where a run keeps what it knows: `<output>/runs/<id>`. */
export function runFolder(output: string, config: RunConfig): string {
  return path.join(output, 'runs', runId(config));
}

/** Where its checkpoints lie. */
export function checkpointsOf(folder: string): string {
  return path.join(folder, 'checkpoints');
}

/**
 * Opens a run's folder to write: `config.json`, `environment.json`, `metrics.jsonl`, `tensorboard/`, and when it is done
 * `model/` and `summary.json`. Beginning at step 0 empties it of an earlier run.
 */
export async function openRunFolder(
  folder: string,
  config: RunConfig,
  environment: Record<string, unknown>,
  begin: { steps: number; epochs: number },
) {
  if (begin.steps === 0) {
    for (const name of ['tensorboard', 'model', 'summary.json']) {
      await rm(path.join(folder, name), { recursive: true, force: true });
    }
  }
  await mkdir(folder, { recursive: true });
  const write = (name: string, value: unknown) =>
    writeFileAtomic(path.join(folder, name), `${JSON.stringify(value, null, 2)}\n`);
  await write('config.json', config);
  await write('environment.json', environment);
  return {
    metrics: await openMetrics(path.join(folder, 'metrics.jsonl'), begin),
    tensorboard: tensorboardLog(path.join(folder, 'tensorboard'), begin.steps),
    finish: async (model: LayersModel, result: RunResult) => {
      await saveModel(model, path.join(folder, 'model'));
      await write('summary.json', result);
    },
  };
}

/** The result of a run that was finished in this folder with a finite test loss, or `null`. */
export async function finishedResult(folder: string, config: RunConfig): Promise<RunResult | null> {
  try {
    const result: RunResult = JSON.parse(await readFile(path.join(folder, 'summary.json'), 'utf8'));
    // JSON has no NaN, and holds null for a loss that was not finite.
    const isTested = result.epochs.every(
      ({ evaluation }) => !evaluation || Number.isFinite(evaluation.loss),
    );
    const isWhole = !result.stopped && isTested;
    return isWhole && isDeepStrictEqual(result.config, config) ? result : null;
  } catch {
    return null;
  }
}
