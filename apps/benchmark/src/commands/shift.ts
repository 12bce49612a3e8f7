import type { Command } from 'commander';
import { number } from '../flags.js';
import {
  configOf,
  contextOf,
  poolingList,
  type RunFlags,
  runFileOf,
  withRunFlags,
} from '../run-flags.js';
import { runCommand, seedsUpTo } from './run-command.js';

/** Adds `shift`: what small shifts do to predictions, for every pooling. */
export function addShiftCommand(program: Command): void {
  withRunFlags(program.command('shift'), 'runs/shift')
    .description('shift consistency, and the probability along a diagonal shift, of every pooling')
    .option('--poolings <names>', 'which', poolingList, poolingList('all'))
    .option('--seeds <count>', 'runs of each, seeds 1 … count (default: 1; full: 3)', number)
    .action(async (flags: RunFlags & { poolings: string[]; seeds?: number }) => {
      const file = await runFileOf(flags);
      const seeds = seedsUpTo(flags.seeds ?? (file.preset === 'full' ? 3 : 1));
      const configs = flags.poolings.flatMap((pooling) =>
        seeds.map((seed) =>
          configOf(flags, file, { pooling, strides: file.strides ?? [2, 2, 2], seed }),
        ),
      );
      await runCommand(
        {
          spec: { experiment: 'shift', poolings: flags.poolings },
          configs,
          context: contextOf(file),
          what: `${flags.poolings.length} poolings under shifts`,
        },
        flags,
      );
    });
}
