import { Argument, type Command } from 'commander';
import { number } from '../flags.js';
import { presetOfFile } from '../make-config.js';
import {
  PAPER_STRIDES,
  PAPER_TABLES,
  type PaperTableName,
} from '../paper-table/paper-accuracies.js';
import {
  configOf,
  contextOf,
  poolingList,
  type RunFlags,
  runFileOf,
  withRunFlags,
} from '../run-flags.js';
import { runCommand, seedsUpTo } from './run-command.js';

/** Adds `table`: the paper's tables of image classification. */
export function addTableCommand(program: Command): void {
  withRunFlags(program.command('table'), 'runs/table')
    .description(
      'a table of the paper: accuracy from each of its initial strides, beside what it prints',
    )
    .addArgument(new Argument('<name>', 'which').choices(PAPER_TABLES))
    .option('--poolings <names>', 'its columns', poolingList, ['conv', 'spectral', 'diffstride'])
    .option('--seeds <count>', 'runs of each cell, seeds 1 … count', number)
    .action(
      async (table: PaperTableName, flags: RunFlags & { poolings: string[]; seeds?: number }) => {
        const dataset = table === 'imagenet' ? 'imagefolder' : table;
        const file = await runFileOf({ ...flags, dataset });
        const seeds = seedsUpTo(flags.seeds ?? presetOfFile(file).seeds);
        const configs = PAPER_STRIDES.flatMap((strides) =>
          flags.poolings
            .toReversed()
            .flatMap((pooling) =>
              seeds.map((seed) => configOf(flags, file, { pooling, strides, seed })),
            ),
        );
        await runCommand(
          {
            spec: { experiment: 'table', table, strides: PAPER_STRIDES, poolings: flags.poolings },
            configs,
            context: contextOf(file),
            what: `${flags.poolings.join(', ')} from the paper’s ${PAPER_STRIDES.length} initial strides`,
          },
          flags,
        );
      },
    );
}
