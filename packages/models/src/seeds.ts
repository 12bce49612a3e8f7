/** Kernels of one network are fewer than this; a pooling's seed comes behind them. */
const SEEDS_PER_MODEL = 1000;
const FIRST_POOLING_SEED = 900;

/** Gives one seed after the other, or none to a model without a seed. */
export type NextSeed = () => number | undefined;

/** The seeds of a network's kernels, and those of its poolings, from the seed of the network. */
export function seedsOf(seed: number | undefined): { kernels: NextSeed; poolings: NextSeed } {
  const from = (first: number): NextSeed => {
    let count = first;
    return () => {
      if (seed === undefined) return undefined;
      // tfjs takes a seed of 0 for none.
      return seed * SEEDS_PER_MODEL + count++ || SEEDS_PER_MODEL - 1;
    };
  };
  return { kernels: from(0), poolings: from(FIRST_POOLING_SEED) };
}
