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

/** What an experiment wants to have executed. */
export interface CommandRuns {
  spec: ExperimentSpec;
  configs: RunConfig[];
  /** For the first line. */
  what: string;
}

/** What a command decides of a run, besides what flags and file say. */
type Decided = Pick<RunFile, 'lambda' | 'pooling' | 'replicas' | 'seed' | 'sounds' | 'strides'>;

/** How an experiment is asked for on the command line. */
export interface ExperimentCommand<Flags> {
  name: string;
  description: string;
  /** Adds its own flags and arguments. */
  options: (command: Command) => Command;
  /** Its runs, by its flags, by what the file says, and with a way to make each. */
  runs: (
    flags: RunFlags & Flags,
    file: RunFile,
    make: (decided: Decided) => RunConfig,
  ) => CommandRuns | Promise<CommandRuns>;
  /** The dataset, where the command's argument decides it. */
  datasetOf?: (argument: string) => RunConfig['dataset'];
}

/** Adds an experiment with the flags that all of them have. */
export function addExperiment<Flags>(
  program: Command,
  { name, description, options, runs, datasetOf }: ExperimentCommand<Flags>,
): void {
  options(withRunFlags(program.command(name), `runs/${name}`))
    .description(description)
    .action(async (...given: unknown[]) => {
      // Commander gives arguments, flags and the command.
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
 * Says what is about to run, runs it, and sets the exit code: 1 if a run failed, 128 + the signal's
 * number if one stopped it (130 after Ctrl-C).
 */
export async function runCommand(
  { spec, configs, what }: CommandRuns,
  context: ReportContext,
  flags: ExecutionFlags,
  attempts = 1,
): Promise<void> {
  const runs = uniqueConfigs(configs);
  // Strided convolutions pad their maps, so that none is too small for them.
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
