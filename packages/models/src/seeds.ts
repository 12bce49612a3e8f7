/** An upper bound on the seeds of one network: kernels from 0, poolings from 900. */
const SEEDS_PER_MODEL = 1000;
const FIRST_POOLING_SEED = 900;

/** Returns the next seed at each call, or `undefined` for a model without a seed. */
export type NextSeed = () => number | undefined;

/** Derives the seeds of a network's kernels and poolings from the seed of the network. */
export function seedsOf(seed: number | undefined): { kernels: NextSeed; poolings: NextSeed } {
  const from = (first: number): NextSeed => {
    let count = first;
    return () => {
      if (seed === undefined) return undefined;
      // tfjs treats 0 as no seed.
      return derived(seed, count++) || SEEDS_PER_MODEL - 1;
    };
  };
  return { kernels: from(0), poolings: from(FIRST_POOLING_SEED) };
}

/** `seed * 1000 + count`, modulo 2⁵³ if that is not a safe integer. */
function derived(seed: number, count: number): number {
  const plain = seed * SEEDS_PER_MODEL + count;
  if (Number.isSafeInteger(plain)) return plain;
  return Number(BigInt.asIntN(53, BigInt(seed) * BigInt(SEEDS_PER_MODEL) + BigInt(count)));
}
