import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder, removeTemporaries, writeFileWhole } from '@ds/train/checkpoints';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type RunConfig, runId } from '../config/run-config.js';
import type { RunResult } from '../run/run-result.js';
import { CLASS_TEST_FILE, readClassTest } from './class-test-file.js';
import { openMetrics } from './metrics-file.js';
import { requireWholeModel, saveModel } from './saved-model.js';
import { tensorboardLog } from './tensorboard.js';
import { isWholeResult } from './whole-result.js';

/** The folder of a run: `<output>/runs/<id>`. */
export function runFolder(output: string, config: RunConfig): string {
  return path.join(output, 'runs', runId(config));
}

/** The folder of a run's checkpoints. */
export function checkpointsOf(folder: string): string {
  return path.join(folder, 'checkpoints');
}

/** Options of {@link openRunFolder}. */
export interface OpenOptions {
  /** The position from which the run starts or resumes. */
  begin: { steps: number; epochs: number };
  /** Called before every write. If it throws, nothing more is written. */
  mayWrite: () => void;
  onWarning: (message: string) => void;
}

/**
 * Opens a run's folder for writing `config.json`, `environment.json`, `metrics.jsonl` and
 * `tensorboard/`, and at the end of the run `model/`, `test.json` and `summary.json`. A start at
 * step 0 removes the files of an earlier run. Temporary files of killed processes are removed too.
 *
 * @throws Error that names the file and the disk if a write fails. Errors of `mayWrite` pass
 *   through.
 */
export async function openRunFolder(
  folder: string,
  config: RunConfig,
  environment: Record<string, unknown>,
  { begin, mayWrite, onWarning }: OpenOptions,
) {
  mayWrite();
  if (begin.steps === 0) {
    for (const name of ['tensorboard', 'model', CLASS_TEST_FILE, 'summary.json']) {
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
    finish: async (model: LayersModel, { classTest, ...result }: RunResult) => {
      await saveModel(model, path.join(folder, 'model'), mayWrite);
      if (classTest) await write(CLASS_TEST_FILE, classTest);
      await write('summary.json', result);
    },
  };
}

/**
 * Writes the configuration of a finished run again if its file is damaged or missing. Returns a
 * sentence about a damaged test by class, or `null`.
 */
export async function mendFinished(folder: string, result: RunResult): Promise<string | null> {
  const config = path.join(folder, 'config.json');
  const isWhole = await readFile(config, 'utf8')
    .then((text) => JSON.parse(text) !== null)
    .catch(() => false);
  if (!isWhole) await writeFileWhole(config, `${JSON.stringify(result.config, null, 2)}\n`);
  const file = path.join(folder, CLASS_TEST_FILE);
  if (result.classTest || !existsSync(file)) return null;
  return `${file}: cannot be read, so the report has no test by class of this run`;
}

/**
 * The result of a finished run in this folder, or `null`. A run is finished if every test used all
 * test images and had a finite loss, and the saved model is complete.
 */
export async function finishedResult(folder: string, config: RunConfig): Promise<RunResult | null> {
  try {
    const result: RunResult = JSON.parse(await readFile(path.join(folder, 'summary.json'), 'utf8'));
    if (!isWholeResult(result) || runId(result.config) !== runId(config)) return null;
    await requireWholeModel(path.join(folder, 'model'));
    const classTest = await readClassTest(folder);
    return { ...result, ...(classTest && { classTest }) };
  } catch {
    return null;
  }
}
