/**
 * A prime, so that no two seeds become equal modulo 2³². Seeds that differ by 1 have no draw in
 * common before the millionth.
 */
const SPREAD = 1_000_003;

/** The seed of a layer's draw. Equal seeds of layers give equal draws of equal numbers. */
export function drawSeed(seed: number, draw: number): number {
  return Math.imul(seed, SPREAD) + draw;
}

/** The seed of an initial weight, by its place. It is never 0, which tfjs takes as no seed. */
export function weightSeed(seed: number, place: number): number {
  return drawSeed(seed, place + 1) || 1;
}
