import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { count, integer, listOf, stride } from '../command-line/flags.js';
import { poolingList } from '../command-line/run-flags.js';
import { addExperiment, seedsUpTo } from '../experiments/experiment-command.js';
import { initialStrides } from '../network/initial-strides.js';
import { knownPoolings } from '../poolings/import-poolings.js';

/** Adds `compare`, which trains the same network with several poolings. */
export function addCompareCommand(program: Command): void {
  addExperiment<{ poolings: string[]; seeds?: number; strides?: number[] }>(program, {
    name: 'compare',
    description:
      'train the same network with several poolings, and report (`report` compares finished runs)',
    options: (command) =>
      withStrides(command)
        .addOption(
          new Option(
            '--poolings <names>',
            `of conv, ${knownPoolings().join(', ')}; or all of them: all`,
          )
            .argParser(poolingList)
            .default(['conv', 'spectral', 'diffstride'], 'conv,spectral,diffstride'),
        )
        .option('--seeds <count>', 'runs of each pooling, seeds 1 … count', count),
    runs: async ({ poolings, ...flags }, file, make) => {
      const { presetOfFile } = await import('../config/make-config.js');
      const seeds = seedsUpTo(flags.seeds ?? presetOfFile(file).seeds);
      const strides = flags.strides ?? file.strides;
      // The costliest pooling, usually the last, starts first, so that no core is idle for long at
      // the end.
      const configs = poolings
        .toReversed()
        .flatMap((pooling) => seeds.map((seed) => make({ pooling, strides, seed })));
      const { storedMedium } = await import('./stored-medium.js');
      const { contextOf } = await import('../command-line/run-of-flags.js');
      const { preset } = contextOf(file, configs);
      const isQuick = preset === 'quick' && configs[0]!.dataset === 'cifar10';
      const beside = isQuick ? await storedMedium() : null;
      return {
        ...(beside !== null && { beside }),
        spec: { experiment: 'compare', poolings },
        configs,
        what: `${poolings.join(', ')} from strides (${initialStrides(configs[0]!).join(', ')})`,
      };
    },
  });
}

/** Adds `train`, which executes one run on all cores. */
export function addTrainCommand(program: Command): void {
  addExperiment<{ pooling?: string; seed?: number; strides?: number[] }>(program, {
    name: 'train',
    description: 'train one network, and report',
    options: (command) =>
      withStrides(command)
        .option('--pooling <name>', `conv, ${knownPoolings().join(', ')} (default: diffstride)`)
        .option(
          '--seed <number>',
          'seed of the initial weights, the images and their order',
          integer,
        ),
    runs: async (flags, file, make) => {
      const { presetOfFile } = await import('../config/make-config.js');
      const { isOfOneReplica } = await import('../config/one-replica.js');
      const pooling = flags.pooling ?? file.pooling ?? 'diffstride';
      const config = make({
        pooling,
        strides: flags.strides ?? file.strides,
        seed: flags.seed ?? file.seed ?? 1,
        replicas:
          file.replicas ??
          (isOfOneReplica(file)
            ? 1
            : Math.max(presetOfFile(file).run.replicas, availableParallelism())),
      });
      return {
        spec: { experiment: 'compare', poolings: [pooling] },
        configs: [config],
        what: `${pooling} from strides (${initialStrides(config).join(', ')})`,
      };
    },
  });
}

function withStrides(command: Command): Command {
  return command.option(
    '--strides <list>',
    'initial strides of stages 2 to 4, or of stem and stages 1 to 4 (default: 3,2,3); ' +
      'for sounds, of each block (default: 2,2,2,2)',
    listOf(stride),
  );
}
