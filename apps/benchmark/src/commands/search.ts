import { permutation } from '@ds/data';
import type { Command } from 'commander';
import { number } from '../flags.js';
import { forwardMacs } from '../forward-macs.js';
import type { RunConfig } from '../run-config.js';
import { configOf, contextOf, type RunFlags, runFileOf, withRunFlags } from '../run-flags.js';
import { runCommand } from './run-command.js';

type SearchFlags = RunFlags & {
  learner: string;
  candidate: string;
  budget?: number;
  largest: number;
  seed: number;
};

/** Adds `search`: integer strides searched for, at equal compute, beside strides that learn. */
export function addSearchCommand(program: Command): void {
  withRunFlags(program.command('search'), 'runs/search')
    .description(
      'random and grid search over integer strides, at equal compute, beside one run whose strides learn',
    )
    .option('--learner <pooling>', 'whose strides learn', 'diffstride')
    .option('--candidate <pooling>', 'what the searches train', 'conv')
    .option(
      '--budget <multiple>',
      'compute of each search, in runs of the learner (default: 2; full: 10)',
      number,
    )
    .option('--largest <stride>', 'strides 1 … this in each of three stages', number, 3)
    .option('--seed <number>', 'of all runs, and of the random order', number, 1)
    .action(async (flags: SearchFlags) => {
      const file = await runFileOf(flags);
      const { seed, candidate } = flags;
      const learned = configOf(flags, file, {
        pooling: flags.learner,
        strides: file.strides ?? [2, 2, 2],
        seed,
      });
      const candidates = triples(flags.largest).map((strides) =>
        configOf(flags, file, { pooling: candidate, strides, seed }),
      );
      const budget =
        (flags.budget ?? (file.preset === 'full' ? 10 : 2)) * (await forwardMacs(learned));
      const costs = await Promise.all(candidates.map(forwardMacs));
      const shuffled = [...permutation(candidates.length, seed, 5)];
      const searches = [
        { name: 'random', order: within(budget, shuffled, costs) },
        {
          name: 'grid',
          order: within(
            budget,
            candidates.map((_, i) => i),
            costs,
          ),
        },
      ];
      const tried = new Set(searches.flatMap(({ order }) => order));
      const configs: RunConfig[] = [learned, ...[...tried].map((index) => candidates[index]!)];
      await runCommand(
        {
          spec: {
            experiment: 'search',
            learner: flags.learner,
            candidate,
            searches: searches.map(({ name, order }) => ({
              name,
              order: order.map((index) => candidates[index]!.strides.slice(2)),
            })),
          },
          configs,
          context: contextOf(file),
          what: `${tried.size} of ${candidates.length} strides searched with ${candidate}, beside ${flags.learner}`,
        },
        flags,
      );
    });
}

/** All strides 1 … largest of three stages, the last varying fastest. */
function triples(largest: number): number[][] {
  const each = Array.from({ length: largest }, (_, index) => index + 1);
  return each.flatMap((a) => each.flatMap((b) => each.map((c) => [a, b, c])));
}

/** As many candidates as the budget pays for in their order, one at least. */
function within(budget: number, order: number[], costs: number[]): number[] {
  let spent = 0;
  const count = order.findIndex((index) => {
    spent += costs[index]!;
    return spent > budget;
  });
  return order.slice(0, Math.max(1, count < 0 ? order.length : count));
}
