import { type ExecutionFlags, executionOf, outputOf } from '../command-line/run-flags.js';
import { uniqueConfigs } from '../config/make-config.js';
import { caveatOf } from '../report/recipe-caveat.js';
import { NO_PRESET, type ReportContext } from '../report/report-context.js';
import { columnsOf, fitted } from '../text/terminal-width.js';
import type { CommandRuns } from './command-runs.js';

/**
 * Prints the planned runs, executes them, and sets the exit code. It is 1 if a run failed, and
 * 128 + the signal number after a signal (130 after Ctrl-C).
 *
 * @throws Error if there is no run, a map is too small for its pooling, or a flag of runs in this
 *   process comes with a queue.
 */
export async function runCommand(
  { spec, configs, what, beside }: CommandRuns,
  given: ReportContext,
  flags: ExecutionFlags,
  attempts = 1,
): Promise<void> {
  requireNoLocalFlags(flags);
  const runs = uniqueConfigs(configs);
  if (runs.length === 0) throw new Error(`${what}: there must be at least one run, got none`);
  const context = { ...given, ...(beside && { beside }) };
  // Strided convolutions pad their input, so no map is too small.
  const pooled = runs.filter(({ pooling }) => pooling !== 'conv');
  if (pooled.length > 0) {
    const { requireFittingMaps } = await import('../network/fitting-maps.js');
    await requireFittingMaps(pooled);
  }
  const { runExperiment } = await import('./run-experiment.js');
  const output = outputOf(flags);
  const count = `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}`;
  const preset = context.preset === NO_PRESET ? '' : `, preset '${context.preset}'`;
  const begin = `${count}: ${what}${preset}`;
  const { stopped, failed } = await runExperiment(
    { spec, configs: runs, context },
    { ...executionOf(flags), attempts, begin },
  );
  if (context.protocol === null && failed < runs.length) {
    output.write(`${fitted(caveatOf(context, runs), columnsOf(output))}\n`);
    if (beside) output.write(`${fitted(beside, columnsOf(output))}\n`);
  }
  if (failed > 0) process.exitCode = 1;
  if (stopped) process.exitCode = stopped;
  // Connections to a queue may try to reconnect forever, so end the process here.
  if (flags.queue) {
    await new Promise((resolve) => process.stdout.write('', resolve));
    process.exit();
  }
}

/** Checks that no flag of runs in this process comes with a queue. Its workers execute the runs. */
function requireNoLocalFlags({ queue, jobs, data, checkpointEvery }: ExecutionFlags): void {
  if (queue === undefined) return;
  const given = {
    '--jobs': jobs !== undefined,
    '--data': Object.keys(data).length > 0,
    '--checkpoint-every': checkpointEvery !== undefined,
  };
  for (const [flag, isGiven] of Object.entries(given)) {
    if (!isGiven) continue;
    throw new Error(
      `${flag} cannot be used with --queue (or DS_QUEUE): ` +
        `each worker takes its own ${flag}, as in 'ds-benchmark worker ${flag} …'`,
    );
  }
}
