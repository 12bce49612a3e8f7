import { Argument, type Command } from 'commander';
import { CHECKPOINT_STEPS } from '../command-line/checkpoint-steps.js';
import { count, filePath, listOf, nonNegative } from '../command-line/flags.js';
import { type ExecutionFlags, outputOf, withExecutionFlags } from '../command-line/run-flags.js';
import { columnsOf, fitted } from '../text/terminal-width.js';

type SweepFlags = ExecutionFlags & {
  plan: boolean;
  workers: number[];
  sideBySide?: number;
  failures: number;
  restart: number;
  stalledAfter: number;
  shared: boolean;
};

/** Adds `sweep`, which executes all runs of a grid, here or on the workers of a queue. */
export function addSweepCommand(program: Command): void {
  const command = program
    .command('sweep')
    .description(
      'execute a grid of runs from a file, here or on the workers of a queue; or plan it',
    )
    .addArgument(
      new Argument('<file>', 'YAML or JSON file with name, base and grid').argParser(filePath),
    );
  withExecutionFlags(command, 'runs/sweep')
    .option('--plan', 'measure a few steps of each kind of run, and predict the total cost', false)
    .option(
      '--workers <counts>',
      'with --plan: numbers of workers, each with the cores of this machine',
      listOf(count),
      [1, 10, 1000],
    )
    .option(
      '--side-by-side <count>',
      'with --plan: concurrent runs in the measurement, if workers share a machine ' +
        '(default: --jobs)',
      count,
    )
    .option('--failures <rate>', 'with --plan: failures of a worker per hour', nonNegative, 0.01)
    .option(
      '--restart <minutes>',
      'with --plan: time until a failed worker restarts',
      nonNegative,
      5,
    )
    .option(
      '--stalled-after <seconds>',
      'with --plan: time until other workers take over the runs of a failed one',
      nonNegative,
      30,
    )
    .option(
      '--no-shared',
      'with --plan: workers share no run folders, so a takeover restarts the run',
    )
    .action(async (name: string, flags: SweepFlags) => {
      if (flags.plan) requireNoFlags(command, OF_A_RUN, 'is not for --plan, which trains nothing');
      else requireNoFlags(command, OF_A_PLAN, 'is for --plan');
      const { readConfigFile } = await import('../config/config-file.js');
      const { expandSweep, sweepSpec } = await import('./grid.js');
      const file = await readConfigFile('sweep', name);
      const configs = expandSweep(file);
      if (flags.plan) {
        const { requireFittingMaps } = await import('../network/fitting-maps.js');
        await requireFittingMaps(configs);
        const { prepareData } = await import('../data/data-folders.js');
        const { planSweep } = await import('../plan/plan-sweep.js');
        const { planText } = await import('../plan/plan-text.js');
        const output = outputOf(flags);
        const datasets = configs.map(({ dataset }) => dataset);
        await prepareData(datasets, flags.data, (message) => output.write(`${message}\n`));
        const plan = await planSweep(configs, {
          ...flags,
          checkpointEvery: flags.checkpointEvery ?? CHECKPOINT_STEPS,
          onNote: (message) => output.write(`${message}\n`),
        });
        const text = flags.json
          ? JSON.stringify(plan)
          : fitted(planText(plan), columnsOf(process.stdout));
        process.stdout.write(`${text}\n`);
        return;
      }
      const { runCommand } = await import('../experiments/run-command.js');
      const { ATTEMPTS } = await import('../queue/retries.js');
      const { contextOf } = await import('../command-line/run-of-flags.js');
      await runCommand(
        { spec: sweepSpec(file), configs, what: file.name },
        contextOf(file.base, configs),
        // A sweep always resumes its existing runs.
        { ...flags, resume: !flags.overwrite },
        ATTEMPTS,
      );
    });
}

/** The flags that only a plan reads. */
const OF_A_PLAN = ['workers', 'sideBySide', 'failures', 'restart', 'stalledAfter', 'shared'];

/** The flags that only a run reads. */
const OF_A_RUN = ['overwrite', 'queue', 'redisTimeout', 'resume'];

/** @throws Error if one of these flags is on the command line. */
function requireNoFlags(command: Command, names: string[], rule: string): void {
  const given = command.options.find(
    (option) =>
      names.includes(option.attributeName()) &&
      command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (given) throw new Error(`${given.long} ${rule}`);
}
