import { Argument, type Command } from 'commander';
import { integer, listOf, stride } from '../command-line/flags.js';
import { type ExecutionFlags, poolingList, withExecutionFlags } from '../command-line/run-flags.js';
import { initialStrides } from '../network/initial-strides.js';
import { type Choice, isChosen } from './chosen.js';

type ReproduceFlags = ExecutionFlags & Choice;

/** Adds `reproduce`, which executes the runs of a stored result again. */
export function addReproduceCommand(program: Command): void {
  withExecutionFlags(
    program
      .command('reproduce')
      .description(
        'execute the runs of a stored result again, and compare their numbers with the stored ones',
      )
      .addArgument(new Argument('<result>', 'stored result: a file, or a name in docs/results')),
    'runs/reproduce',
  )
    .option('--poolings <names>', 'only runs of these poolings', poolingList)
    .option(
      '--strides <list>',
      'only runs from these initial strides, as the table names them',
      listOf(stride),
    )
    .option('--seeds <list>', 'only runs of these seeds', listOf(integer))
    .action(async (name: string, flags: ReproduceFlags) => {
      const { readStoredResult } = await import('./stored-result.js');
      const result = await readStoredResult(name);
      const runs = result.runs.filter(({ config }) => isChosen(config, flags));
      if (runs.length === 0) {
        const all = new Set(
          result.runs.map(({ config }) => `${config.pooling} (${initialStrides(config)})`),
        );
        throw new Error(
          `reproduce: --poolings, --strides and --seeds must leave a run of '${result.title}', ` +
            `which has ${[...all].join(', ')}; got none`,
        );
      }
      const minutes = runs.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
      const { runCommand } = await import('../experiments/run-command.js');
      const { runId } = await import('../config/run-config.js');
      const { contextOf } = await import('../command-line/run-of-flags.js');
      const configs = runs.map(({ config }) => config);
      await runCommand(
        {
          spec: {
            experiment: 'reproduce',
            title: result.title,
            stored: Object.fromEntries(runs.map(({ config, ...run }) => [runId(config), run])),
          },
          configs,
          what: `'${result.title}', which took ${Math.ceil(minutes)} minutes one after another`,
        },
        {
          ...contextOf({ preset: result.preset, dataset: configs[0]!.dataset }, configs),
          protocol: null,
        },
        flags,
      );
    });
}
