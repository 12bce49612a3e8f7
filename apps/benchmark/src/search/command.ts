import type { Command } from 'commander';
import { count, integer, positive } from '../command-line/flags.js';
import { addExperiment } from '../experiments/experiment-command.js';
import { initialStrides, reducingPlaces } from '../network/initial-strides.js';

interface SearchFlags {
  learner: string;
  candidate: string;
  budget?: number;
  largest: number;
  seed?: number;
}

/** Adds `search`, which compares searches over integer strides with learned strides. */
export function addSearchCommand(program: Command): void {
  addExperiment<SearchFlags>(program, {
    name: 'search',
    description:
      'compare random and grid search over integer strides, at equal compute, ' +
      'with one run of learned strides',
    options: (command) =>
      command
        .option('--learner <pooling>', 'pooling with learned strides', 'diffstride')
        .option('--candidate <pooling>', 'pooling that the searches train', 'conv')
        .option(
          '--budget <multiple>',
          'compute of each search, as a number of runs of --learner (default: 2; full: 10)',
          positive,
        )
        .option(
          '--largest <stride>',
          'largest stride of each stage that reduces, or of every block',
          count,
          3,
        )
        .option(
          '--seed <number>',
          'seed of all runs and of the random order (default: 1)',
          integer,
        ),
    runs: async ({ learner, candidate, largest, ...flags }, file, make) => {
      const seed = flags.seed ?? file.seed ?? 1;
      const { requireLearner } = await import('../poolings/pooling-options.js');
      requireLearner(learner);
      if (candidate === learner) {
        throw new Error(
          `search: --candidate must be another pooling than --learner, got '${candidate}' for both`,
        );
      }
      const { permutation } = await import('@ds/data');
      const { forwardMacs } = await import('../network/forward-macs.js');
      const { stridesOfTwo } = await import('../config/make-config.js');
      const learned = make({ pooling: learner, strides: file.strides ?? stridesOfTwo(file), seed });
      const places = reducingPlaces(learned);
      const all = combinations(largest, places.length);
      const candidates = all.map((tried) => {
        const strides = learned.strides.map((stride, at) => tried[places.indexOf(at)] ?? stride);
        return make({ pooling: candidate, strides, seed });
      });
      const multiple = flags.budget ?? (file.preset === 'full' ? 10 : 2);
      const budget = multiple * (await forwardMacs(learned));
      const costs: number[] = [];
      for (const config of candidates) costs.push(await forwardMacs(config));
      const orders = {
        random: within(budget, [...permutation(all.length, seed, 5)], costs),
        grid: within(budget, [...all.keys()], costs),
      };
      const tried = [...new Set(Object.values(orders).flat())];
      return {
        spec: {
          experiment: 'search',
          learner,
          candidate,
          searches: Object.entries(orders).map(([name, order]) => ({
            name,
            order: order.map((index) => initialStrides(candidates[index]!)),
          })),
        },
        configs: [learned, ...tried.map((index) => candidates[index]!)],
        what: `${tried.length} of ${all.length} strides searched with ${candidate}, compared with ${learner}`,
      };
    },
  });
}

/** All combinations of strides 1 … largest. The last stride varies fastest. */
function combinations(largest: number, places: number): number[][] {
  if (places === 0) return [[]];
  const each = Array.from({ length: largest }, (_, index) => index + 1);
  return each.flatMap((first) => combinations(largest, places - 1).map((rest) => [first, ...rest]));
}

/** The first candidates that fit the budget, at least one. */
function within(budget: number, order: number[], costs: number[]): number[] {
  let spent = 0;
  const fitting = order.findIndex((index) => {
    spent += costs[index]!;
    return spent > budget;
  });
  return order.slice(0, Math.max(1, fitting < 0 ? order.length : fitting));
}
