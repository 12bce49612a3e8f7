import { permutation, randomStream } from './random.js';

/**
 * The places of `count` items drawn without replacement, class by class: of a class with n of all N
 * items, `count·n/N` are drawn, rounded down or up. The same seed draws the same ones, in the same
 * order, which is random.
 *
 * Classes are laid one behind the other, items in a random order within each, and every `N/count`-th
 * is taken from a random start (systematic sampling).
 */
export function stratifiedDraw(classes: ArrayLike<number>, count: number, seed: number): number[] {
  const total = classes.length;
  const byClass = Array.from(permutation(total, seed)).sort((a, b) => classes[a]! - classes[b]!);
  const start = randomStream(seed, 6).uniform();
  const drawn = Array.from({ length: count }, (_, i) => {
    const at = Math.floor(((i + start) * total) / count);
    // Rounding may reach the end, never beyond.
    return byClass[Math.min(at, total - 1)]!;
  });
  return Array.from(permutation(count, seed, 7), (at) => drawn[at]!);
}
