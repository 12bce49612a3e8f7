import { availableParallelism } from 'node:os';
import { poolingNames } from '@ds/layers';
import type { Command } from 'commander';
import { number, numbers } from '../flags.js';
import { presetOfFile } from '../make-config.js';
import {
  configOf,
  contextOf,
  poolingList,
  type RunFlags,
  runFileOf,
  withRunFlags,
} from '../run-flags.js';
import { runCommand, seedsUpTo } from './run-command.js';

/** Adds `compare`: several poolings side by side. */
export function addCompareCommand(program: Command): void {
  withStrides(withRunFlags(program.command('compare'), 'runs/latest'))
    .description('train the same network with several poolings side by side, and report')
    .option(
      '--poolings <names>',
      `of conv, ${poolingNames().join(', ')}; or all of them: all`,
      poolingList,
      ['conv', 'spectral', 'diffstride'],
    )
    .option('--seeds <count>', 'runs of each pooling, seeds 1 … count', number)
    .action(
      async (flags: RunFlags & { poolings: string[]; seeds?: number; strides?: number[] }) => {
        const file = await runFileOf(flags);
        const seeds = seedsUpTo(flags.seeds ?? presetOfFile(file).seeds);
        const strides = flags.strides ?? file.strides;
        // The seeds of one pooling in a row, the costliest pooling (by custom the last) first, so
        // that no core waits long at the end.
        const configs = flags.poolings
          .toReversed()
          .flatMap((pooling) =>
            seeds.map((seed) => configOf(flags, file, { pooling, strides, seed })),
          );
        await runCommand(
          {
            spec: { experiment: 'compare', poolings: flags.poolings },
            configs,
            context: contextOf(file),
            what: `${flags.poolings.join(', ')} from strides (${configs[0]!.strides.slice(2).join(', ')})`,
          },
          flags,
        );
      },
    );
}

/** Adds `train`: one run. */
export function addTrainCommand(program: Command): void {
  withStrides(withRunFlags(program.command('train'), 'runs/latest'))
    .description('train one network, and report')
    .option('--pooling <name>', `conv, ${poolingNames().join(', ')} (default: diffstride)`)
    .option('--seed <number>', 'of the initial weights, the images and their order', number)
    .action(async (flags: RunFlags & { pooling?: string; seed?: number; strides?: number[] }) => {
      const file = await runFileOf(flags);
      const shared = { ...file, replicas: file.replicas ?? availableParallelism() };
      const pooling = flags.pooling ?? file.pooling ?? 'diffstride';
      const config = configOf(flags, shared, {
        pooling,
        strides: flags.strides ?? file.strides,
        seed: flags.seed ?? file.seed ?? 1,
      });
      await runCommand(
        {
          spec: { experiment: 'compare', poolings: [pooling] },
          configs: [config],
          context: contextOf(file),
          what: `${pooling} from strides (${config.strides.slice(2).join(', ')})`,
        },
        flags,
      );
    });
}

function withStrides(command: Command): Command {
  return command.option(
    '--strides <list>',
    'initial strides of stages 2 to 4, or of stem and stages 1 to 4 (default: 3,1,3)',
    numbers,
  );
}
