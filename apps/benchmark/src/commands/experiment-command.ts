import type { ExperimentSpec } from '../experiments/experiment.js';
import { runExperiment } from '../experiments/run-experiment.js';
import { uniqueConfigs } from '../make-config.js';
import type { ReportContext } from '../report/report.js';
import type { RunConfig } from '../run-config.js';
import { type ExecutionFlags, executionOf, outputOf } from '../run-flags.js';

/** What a command wants to have executed. */
export interface CommandRuns {
  spec: ExperimentSpec;
  configs: RunConfig[];
  context: ReportContext;
  /** For the first line. */
  what: string;
}

/** Says what is about to run, runs it, and sets the exit code: 1 if a run failed, 130 after Ctrl-C. */
export async function runCommand(
  { spec, configs, context, what }: CommandRuns,
  flags: ExecutionFlags,
  attempts = 1,
): Promise<void> {
  const runs = uniqueConfigs(configs);
  const output = outputOf(flags);
  const count = `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}`;
  output.write(`${count}: ${what}, preset '${context.preset}'\n`);
  const { stopped, failed } = await runExperiment(
    { spec, configs: runs, context },
    { ...executionOf(flags), attempts },
  );
  if (context.protocol === null) {
    output.write(
      "This was a quick run, not the paper's protocol. The full experiment (days on a CPU): the same with preset 'full'\n",
    );
  }
  if (failed > 0) process.exitCode = 1;
  if (stopped) process.exitCode = 130;
  // A queue's connections may try to come back for ever; here all is done.
  if (flags.queue) {
    await new Promise((resolve) => process.stdout.write('', resolve));
    process.exit();
  }
}

/** Seeds 1 … count. */
export function seedsUpTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
