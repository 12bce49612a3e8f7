import type { RunConfig } from '../config/run-config.js';
import { measureRun } from './measure-run.js';
import { type PreparedRun, prepareRun } from './prepare-run.js';
import type { RunOptions } from './run-options.js';
import type { RunResult } from './run-result.js';
import { trainRun } from './train-run.js';

/**
 * Trains and measures the network of a configuration. If the signal interrupts a test, its numbers
 * are discarded, and a resumed run repeats the test.
 *
 * @throws Error if its data, its checkpoints or a file of its folder prevent the run, or a loss or
 *   a test is not finite.
 */
export async function executeRun(config: RunConfig, options: RunOptions): Promise<RunResult> {
  const run = await prepareRun(config, options);
  const trained = await trainRun(run);
  const result = await measureRun(run, trained);
  // A stopped run is kept as a checkpoint.
  if (!result.stopped) await run.kept?.folder?.finish(run.model, result);
  disposeOf(run);
  return result;
}

/**
 * Trains as one of the replicas that share a run, but not as the first, which measures and keeps
 * the network.
 *
 * @throws Error as {@link executeRun}.
 */
export async function trainAlong(config: RunConfig, options: RunOptions): Promise<void> {
  const run = await prepareRun(config, options);
  await trainRun(run);
  disposeOf(run);
}

function disposeOf({ optimizer, model }: PreparedRun): void {
  optimizer.dispose();
  model.dispose();
}
