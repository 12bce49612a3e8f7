import { Argument, type Command } from 'commander';
import {
  requireNoSoundFlags,
  type SoundFlags,
  withSoundFlags,
} from '../audio-table/sound-flags.js';
import { count } from '../command-line/flags.js';
import { poolingList } from '../command-line/run-flags.js';
import type { DatasetName } from '../data/datasets.js';
import { addExperiment, seedsUpTo } from '../experiments/experiment-command.js';
import { PAPER_STRIDES, PAPER_TABLES, type PaperTableName } from './paper-accuracies.js';

/** The dataset of each table. */
const DATASETS_OF: Record<PaperTableName | 'audio', DatasetName> = {
  cifar10: 'cifar10',
  cifar100: 'cifar100',
  imagenet: 'imagefolder',
  audio: 'sounds',
};

/** Adds `table`, which reproduces the paper's tables of image and sound classification. */
export function addTableCommand(program: Command): void {
  addExperiment<{ poolings?: string[]; seeds?: number } & SoundFlags>(program, {
    name: 'table',
    description:
      'reproduce a table of the paper: accuracy from each of its initial strides, ' +
      'with its published values; for audio: tasks alone and together',
    options: (command) =>
      withSoundFlags(command)
        .addArgument(
          new Argument('<name>', 'table to reproduce').choices([...PAPER_TABLES, 'audio']),
        )
        .option(
          '--poolings <names>',
          'columns of the table (default: conv,spectral,diffstride; audio adds max)',
          poolingList,
        )
        .option('--seeds <count>', 'runs of each cell, seeds 1 … count', count),
    datasetOf: (table) => DATASETS_OF[table as PaperTableName],
    runs: async (flags, file, make) => {
      const { presetOfFile } = await import('../config/make-config.js');
      const seeds = seedsUpTo(flags.seeds ?? presetOfFile(file).seeds);
      if (file.dataset === 'sounds') {
        const { audioRuns } = await import('../audio-table/runs.js');
        return audioRuns(flags, file, make, seeds);
      }
      requireNoSoundFlags('a table of images', flags);
      if (file.model !== undefined && file.model !== 'resnet18') {
        throw new Error(
          `table: ${flags.model ? '--model' : `model in ${flags.config}`} must be resnet18, ` +
            `the network of the paper's tables, got ${file.model}`,
        );
      }
      const { poolings = ['conv', 'spectral', 'diffstride'] } = flags;
      return {
        spec: {
          experiment: 'table',
          table: PAPER_TABLES.find((table) => DATASETS_OF[table] === file.dataset)!,
          strides: PAPER_STRIDES,
          poolings,
        },
        configs: PAPER_STRIDES.flatMap((strides) =>
          poolings
            .toReversed()
            .flatMap((pooling) => seeds.map((seed) => make({ pooling, strides, seed }))),
        ),
        what: `${poolings.join(', ')} from the paper’s ${PAPER_STRIDES.length} initial strides`,
      };
    },
  });
}
