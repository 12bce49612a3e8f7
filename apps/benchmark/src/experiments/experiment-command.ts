import type { Command } from 'commander';
import type { RunFile } from '../config-file.js';
import { uniqueConfigs } from '../make-config.js';
import { requireOptionFlags } from '../pooling-options.js';
import { caveatOf } from '../recipe-caveat.js';
import type { ReportContext } from '../report/report-context.js';
import type { RunConfig } from '../run-config.js';
import {
  configOf,
  contextOf,
  type ExecutionFlags,
  executionOf,
  outputOf,
  type RunFlags,
  runFileOf,
  withRunFlags,
} from '../run-flags.js';
import { columnsOf, fitted } from '../terminal-width.js';
import type { ExperimentSpec } from './experiment.js';

/** The runs of an experiment. */
export interface CommandRuns {
  spec: ExperimentSpec;
  configs: RunConfig[];
  /** A description, for the first line of the output. */
  what: string;
}

/** The fields of a run that the command itself sets, besides flags and file. */
type Decided = Pick<
  RunFile,
  'border' | 'lambda' | 'pooling' | 'replicas' | 'seed' | 'sounds' | 'strides'
>;

/** The command-line interface of an experiment. */
export interface ExperimentCommand<Flags> {
  name: string;
  description: string;
  /** Adds the flags and arguments of this experiment. */
  options: (command: Command) => Command;
  /** Returns the runs for the flags and the file. The last parameter creates a configuration. */
  runs: (
    flags: RunFlags & Flags,
    file: RunFile,
    make: (decided: Decided) => RunConfig,
  ) => CommandRuns | Promise<CommandRuns>;
  /** The dataset, if the argument of the command selects it. */
  datasetOf?: (argument: string) => RunConfig['dataset'];
}

/** Adds the command of an experiment, with the flags common to all experiments. */
export function addExperiment<Flags>(
  program: Command,
  { name, description, options, runs, datasetOf }: ExperimentCommand<Flags>,
): void {
  options(withRunFlags(program.command(name), `runs/${name}`))
    .description(description)
    .action(async (...given: unknown[]) => {
      // Commander passes the arguments, the flags and the command.
      const flags = given.at(-2) as RunFlags & Flags;
      const dataset = datasetOf?.(given[0] as string) ?? flags.dataset;
      const file = await runFileOf({ ...flags, dataset });
      const wanted = await runs(flags, file, (decided) => configOf(flags, file, decided));
      requireOptionFlags(
        flags,
        wanted.configs.map(({ pooling }) => pooling),
      );
      await runCommand(wanted, contextOf(file), flags);
    });
}

/**
 * Prints the planned runs, executes them, and sets the exit code. It is 1 if a run failed, and
 * 128 + the signal number after a signal (130 after Ctrl-C).
 */
export async function runCommand(
  { spec, configs, what }: CommandRuns,
  context: ReportContext,
  flags: ExecutionFlags,
  attempts = 1,
): Promise<void> {
  const runs = uniqueConfigs(configs);
  // Strided convolutions pad their input, so no map is too small.
  const pooled = runs.filter(({ pooling }) => pooling !== 'conv');
  if (pooled.length > 0) {
    const { requireFittingMaps } = await import('../fitting-maps.js');
    await requireFittingMaps(pooled);
  }
  const { runExperiment } = await import('./run-experiment.js');
  const output = outputOf(flags);
  const count = `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}`;
  const begin = `${count}: ${what}, preset '${context.preset}'`;
  const { stopped, failed } = await runExperiment(
    { spec, configs: runs, context },
    { ...executionOf(flags), attempts, begin },
  );
  if (context.protocol === null && failed < runs.length) {
    output.write(`${fitted(caveatOf(context, runs), columnsOf(output))}\n`);
  }
  if (failed > 0) process.exitCode = 1;
  if (stopped) process.exitCode = stopped;
  // Connections to a queue may try to reconnect forever, so end the process here.
  if (flags.queue) {
    await new Promise((resolve) => process.stdout.write('', resolve));
    process.exit();
  }
}

/** Seeds 1 … count. */
export function seedsUpTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
