import type { Command } from 'commander';
import { type RunFlags, withRunFlags } from '../command-line/run-flags.js';
import type { RunFile } from '../config/config-file.js';
import type { RunConfig } from '../config/run-config.js';
import type { CommandRuns } from './command-runs.js';

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
      const { configOf, contextOf, runFileOf } = await import('../command-line/run-of-flags.js');
      const { requireOptionFlags } = await import('../poolings/pooling-options.js');
      const { runCommand } = await import('./run-command.js');
      const dataset = datasetOf?.(given[0] as string);
      const file = await runFileOf(flags);
      if (dataset !== undefined) {
        if (file.dataset !== undefined && file.dataset !== dataset) {
          const where = flags.dataset ? '--dataset' : `dataset in ${flags.config}`;
          throw new Error(
            `${name}: ${where} must be left out or ${dataset}, which '${name} ${given[0]}' trains ` +
              `on, got ${file.dataset}`,
          );
        }
        file.dataset = dataset;
      }
      const wanted = await runs(flags, file, (decided) => configOf(flags, file, decided));
      requireOptionFlags(
        flags,
        wanted.configs.map(({ pooling }) => pooling),
      );
      await runCommand(wanted, contextOf(file, wanted.configs), flags);
    });
}

/** Seeds 1 … count. */
export function seedsUpTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
