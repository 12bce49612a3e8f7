import { type Job, UnrecoverableError } from 'bullmq';
import { withoutExamples } from '../class-test/class-test.js';
import { parseRunConfig, type RunConfig, runId } from '../config/run-config.js';
import { isDataFailure } from '../data/data-failure.js';
import type { RunResult } from '../run/run-result.js';
import { finishedResult, runFolder } from '../run-folder/run-folder.js';
import { CANCELLED, experimentOf } from './cancellation.js';
import { executeInThreads } from './execute-run.js';
import { insideFolder } from './inside-folder.js';
import { requireOwnData } from './own-data.js';
import { isFinalFailure } from './retries.js';
import { requireWithinLimits } from './run-limits.js';
import {
  type ActiveJob,
  handBack,
  readJob,
  requireWanted,
  type WorkContext,
} from './work-context.js';

/** Milliseconds between two progress reports of a run. */
const REPORT_MS = 1_000;

/**
 * Executes the run of a job, or returns the result already in its folder.
 *
 * @throws Error if the run fails, is cancelled or is handed back.
 */
export async function workOnRun(
  job: Job<unknown, RunResult>,
  token: string,
  context: WorkContext,
  entry: ActiveJob,
): Promise<RunResult> {
  const { data, stopped, kill, onNote } = context;
  const config = await readJob(() => runOf(job.data, context));
  const name = runId(config);
  const folder = insideFolder(context.outputFolder, runFolder('.', config));
  await requireWanted([experimentOf(job.id!) ?? [], job.id!].flat(), context);
  const finished = await finishedResult(folder, config);
  if (finished) return resultToSend(finished);
  if (stopped.aborted) throw await handBack(job, token, name, context);
  onNote(`${name}: taken`);
  entry.replicas = config.replicas;
  let reported = 0;
  const result = await executeInThreads(
    {
      config,
      data,
      keeping: {
        folder,
        every: context.checkpointEvery,
        resume: true,
        lease: entry.lease.memory,
      },
    },
    AbortSignal.any([stopped, entry.drop.signal]),
    (progress) => {
      context.onProgress(config, progress);
      if (performance.now() - reported < REPORT_MS) return;
      reported = performance.now();
      // Progress is optional, so a report that cannot be sent is dropped.
      job.updateProgress(progress).catch(() => {});
    },
    kill,
  ).catch((error: Error) => {
    if (kill.aborted || !entry.lease.isHeld()) return null;
    throw failureToSend(error, config, onNote);
  });
  if (entry.isCancelled) throw new UnrecoverableError(CANCELLED);
  if (entry.drop.signal.aborted || !entry.lease.isHeld()) {
    const message = `${name}: its lock was lost; another worker continues it`;
    onNote(message);
    throw new Error(message);
  }
  if (result === null || result.stopped) throw await handBack(job, token, name, context);
  onNote(`${name}: done`);
  return resultToSend(result);
}

/**
 * A result safe for everyone with access to the Redis. The files of the mistakes and their contents
 * stay in the run's folder.
 */
function resultToSend({ classTest, ...result }: RunResult): RunResult {
  return { ...result, ...(classTest && { classTest: withoutExamples(classTest) }) };
}

/** @throws Error if the data is not a configuration, or exceeds this worker's limits. */
async function runOf(input: unknown, { data, limits }: WorkContext): Promise<RunConfig> {
  const config = parseRunConfig(input);
  requireWithinLimits(config, limits);
  await requireOwnData(config, data);
  return config;
}

/** A failure reason safe for everyone with access to the Redis. It hides file contents. */
function failureToSend(error: Error, config: RunConfig, onNote: (message: string) => void): Error {
  const { message } = error;
  if (isDataFailure(error)) {
    onNote(`${runId(config)}: ${message}`);
    return new Error(
      `${config.dataset} cannot be opened or read on this worker; ` +
        'the output of the worker names the reason',
    );
  }
  return isFinalFailure(error) ? new UnrecoverableError(message) : new Error(message);
}
