import type { Command } from 'commander';
import { count, listOf, nonNegative, stride } from '../command-line/flags.js';
import { poolingList } from '../command-line/run-flags.js';
import { addExperiment, seedsUpTo } from '../experiments/experiment-command.js';
import { PAPER_STRIDES } from '../paper-table/paper-accuracies.js';

interface TradeoffFlags {
  lambdas?: number[];
  points: string[];
  pointsFrom?: number[][];
  learner: string;
  seeds?: number;
}

/** Values of λ on the curve: the paper's range, and fewer for a quick run. */
const LAMBDAS = { quick: [0.1, 1, 10], full: [0.1, 0.2, 0.5, 1, 2, 5, 10] };

/** Initial strides of the points with fixed strides, unless all of the paper's are used. */
const QUICK_STRIDES: number[][] = [
  [1, 1, 1],
  [2, 2, 2],
  [3, 2, 3],
];

/** The same strides for the blocks of an audio network, and for the stages of MobileNetV2. */
const FOUR_STRIDES: number[][] = [
  [1, 1, 1, 1],
  [2, 2, 2, 2],
  [3, 2, 2, 3],
];

/** Adds `tradeoff`: accuracy against efficiency. */
export function addTradeoffCommand(program: Command): void {
  addExperiment<TradeoffFlags>(program, {
    name: 'tradeoff',
    description:
      'compare accuracy and efficiency: learned strides over λ as a curve, fixed ones as points',
    options: (command) =>
      command
        .option(
          '--lambdas <list>',
          `λ of the curve (default: ${LAMBDAS.full.join(',')}; quick: ${LAMBDAS.quick.join(',')})`,
          listOf(nonNegative),
        )
        .option('--learner <pooling>', 'pooling with learned strides', 'diffstride')
        .option('--points <poolings>', 'poolings with fixed strides', poolingList, [
          'conv',
          'spectral',
        ])
        .option(
          '--points-from <list...>',
          'their strides: one list or several, such as 2,2,2 3,2,3',
          collectNumbers,
        )
        .option(
          '--seeds <count>',
          'runs of each point, seeds 1 … count (default: 1; full: 3)',
          count,
        ),
    runs: async ({ learner, points, ...flags }, file, make) => {
      if (flags.lambda !== undefined) {
        throw new Error(`tradeoff: --lambda must be left out, use --lambdas; got ${flags.lambda}`);
      }
      const { requireLearner } = await import('../poolings/pooling-options.js');
      requireLearner(learner);
      const { stridesOfTwo } = await import('../config/make-config.js');
      const isFull = file.preset === 'full';
      const lambdas = flags.lambdas ?? (isFull ? LAMBDAS.full : LAMBDAS.quick);
      const strides = file.strides ?? stridesOfTwo(file);
      const hasFour = stridesOfTwo(file).length === 4;
      const fixed =
        flags.pointsFrom ?? (hasFour ? FOUR_STRIDES : isFull ? PAPER_STRIDES : QUICK_STRIDES);
      return {
        spec: { experiment: 'tradeoff' },
        configs: seedsUpTo(flags.seeds ?? (isFull ? 3 : 1)).flatMap((seed) => [
          ...lambdas.map((lambda) => make({ pooling: learner, strides, seed, lambda })),
          ...points.flatMap((pooling) =>
            fixed.map((triple) => make({ pooling, strides: triple, seed, lambda: 0 })),
          ),
        ]),
        what: `${learner} over λ ${lambdas.join(', ')}, compared with ${points.join(', ')}`,
      };
    },
  });
}

/** Collects the values of a flag that takes several lists of numbers. */
function collectNumbers(text: string, before: number[][] = []): number[][] {
  return [...before, listOf(stride)(text)];
}
