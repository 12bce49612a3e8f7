import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { RunConfig } from '../config/run-config.js';
import { MODELS } from '../network/networks.js';
import type { RunResult } from '../run/run-result.js';
import { failureOf } from '../run-folder/failure-file.js';
import type { MetricsLine } from '../run-folder/metrics-file.js';
import { heldSince } from '../run-folder/output-folder.js';
import { isWholeResult } from '../run-folder/whole-result.js';
import { scoreOf } from '../statistics/score.js';

/** The state of a run: `interrupted` if `--resume` would continue it. */
export type RunState = 'finished' | 'running' | 'interrupted' | 'failed';

/** A run, as read from its folder. */
export interface StoredRun {
  id: string;
  folder: string;
  /** `null` if the configuration cannot be read. */
  config: RunConfig | null;
  state: RunState;
  /** Why it failed, if it did. */
  failure: string | null;
  /** Complete passes over the training set. */
  epochs: number;
  /** The last test score, a share, see `scoreOf`; `null` before the first test. */
  score: number | null;
  /** When one of its files was written last, in ms since 1970. */
  written: number;
  bytes: number;
}

/** Reads what the folder of a run has about it. Loads no tfjs. */
export async function readRun(folder: string): Promise<StoredRun> {
  const config = configIn(await readJson(path.join(folder, 'config.json')));
  const result = await readJson<RunResult>(path.join(folder, 'summary.json'));
  const { written, bytes } = await sizeOf(folder);
  const failure = await failureOf(folder);
  const shared = { id: path.basename(folder), folder, config, written, bytes };
  if (result && isFinished(result)) {
    const { epochs } = result;
    const score = scoreOf(result);
    return { ...shared, state: 'finished', failure: null, epochs: epochs.length, score };
  }
  const isRunning = await isWorkedOn(folder);
  const state = isRunning ? 'running' : failure === null ? 'interrupted' : 'failed';
  return { ...shared, state, failure, ...(await progressOf(folder)) };
}

/** A configuration with the fields that `list` shows, or `null` if a value lacks them. */
function configIn(value: Partial<RunConfig> | null): RunConfig | null {
  const { dataset, model = 'resnet18', pooling, strides } = value ?? {};
  const isRun =
    [dataset, pooling].every((name) => typeof name === 'string') &&
    MODELS.includes(model) &&
    Array.isArray(strides);
  return isRun ? (value as RunConfig) : null;
}

/** The result of a run that has ended, with its test by class if there is one; or `null`. */
export async function storedResult(folder: string): Promise<RunResult | null> {
  const result = await readJson<RunResult>(path.join(folder, 'summary.json'));
  if (!result || !isFinished(result)) return null;
  // `list` does not load the schemas of this file.
  const { readClassTest } = await import('../run-folder/class-test-file.js');
  const classTest = await readClassTest(folder);
  return { ...result, ...(classTest && { classTest }) };
}

function isFinished(result: RunResult): boolean {
  try {
    return isWholeResult(result);
  } catch {
    // A file of another program, or of another form.
    return false;
  }
}

/** Whether a living process has opened the run since it took the output folder. */
async function isWorkedOn(folder: string): Promise<boolean> {
  const since = await heldSince(path.dirname(path.dirname(path.resolve(folder))));
  if (since === null) return false;
  const { mtimeMs } = await stat(path.join(folder, 'config.json'));
  return mtimeMs >= since;
}

/** Complete epochs and the last test score, from the metrics of a run without a summary. */
async function progressOf(folder: string): Promise<Pick<StoredRun, 'epochs' | 'score'>> {
  const text = await readFile(path.join(folder, 'metrics.jsonl'), 'utf8').catch(() => '');
  const ended = text.split('\n').flatMap((line) => {
    // Steps are many, and are not needed.
    if (!line.includes('"type":"epoch"')) return [];
    const parsed = parse<Extract<MetricsLine, { type: 'epoch' }>>(line);
    return parsed ? [parsed] : [];
  });
  const tested = ended.findLast(({ testAccuracy }) => testAccuracy !== null);
  const score = tested?.testMeanAveragePrecision ?? tested?.testAccuracy ?? null;
  return { epochs: ended.length, score };
}

async function readJson<Value>(file: string): Promise<Value | null> {
  return parse(await readFile(file, 'utf8').catch(() => ''));
}

/** A JSON object, or `null` if the text is not one. */
function parse<Value>(text: string): Value | null {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

/** The bytes of all files of a folder, and when the last of them was written. */
async function sizeOf(folder: string): Promise<Pick<StoredRun, 'written' | 'bytes'>> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  const stats = await Promise.all(
    // A running process may remove a file meanwhile.
    files.map(({ parentPath, name }) => stat(path.join(parentPath, name)).catch(() => null)),
  );
  const found = stats.filter((one) => one !== null);
  return {
    written: Math.max(...found.map(({ mtimeMs }) => mtimeMs)),
    bytes: found.reduce((sum, { size }) => sum + size, 0),
  };
}
