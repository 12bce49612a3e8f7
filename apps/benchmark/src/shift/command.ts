import { type Command, Option } from 'commander';
import { count } from '../command-line/flags.js';
import { poolingList } from '../command-line/run-flags.js';
import type { RunFile } from '../config/config-file.js';
import { addExperiment, seedsUpTo } from '../experiments/experiment-command.js';

/** The borders that `shift` compares, unless `--border` names one. MobileNetV2 pads with zeros. */
function bordersOf({ border, model }: RunFile) {
  if (border) return [border];
  return model === 'mobilenet-v2' ? (['zero'] as const) : (['zero', 'circular'] as const);
}

/** Adds `shift`, which measures the effect of small shifts on predictions for every pooling. */
export function addShiftCommand(program: Command): void {
  addExperiment<{ poolings: string[]; seeds?: number }>(program, {
    name: 'shift',
    description:
      'measure shift consistency, and the probability along a diagonal shift, of every pooling, ' +
      'with zeros beyond the border and with circular borders (mobilenet-v2: with zeros)',
    options: (command) =>
      command
        .addOption(
          new Option('--poolings <names>', 'poolings to train')
            .argParser(poolingList)
            .default(poolingList('all'), 'all'),
        )
        .option('--seeds <count>', 'runs of each, seeds 1 … count (default: 1; full: 3)', count),
    runs: async ({ poolings, seeds }, file, make) => {
      const { stridesOfTwo } = await import('../config/make-config.js');
      return {
        spec: { experiment: 'shift', poolings },
        configs: poolings.flatMap((pooling) =>
          bordersOf(file).flatMap((border) =>
            seedsUpTo(seeds ?? (file.preset === 'full' ? 3 : 1)).map((seed) =>
              make({ pooling, border, strides: file.strides ?? stridesOfTwo(file), seed }),
            ),
          ),
        ),
        what: `${poolings.length} poolings under shifts`,
      };
    },
  });
}
