import { permutation, randomStream } from './random.js';
import { STREAM_USE } from './stream-use.js';

/**
 * Draws the indices of `count` items without replacement, stratified by class. From a class with n
 * of all N items it draws `count·n/N`, rounded down or up. The same seed draws the same indices in
 * the same random order.
 *
 * It lines up the classes, shuffled within each class, and takes every `N/count`-th item from a
 * random start (systematic sampling).
 */
export function stratifiedDraw(classes: ArrayLike<number>, count: number, seed: number): number[] {
  const total = classes.length;
  const byClass = Array.from(permutation(total, seed)).sort((a, b) => classes[a]! - classes[b]!);
  const start = randomStream(seed, STREAM_USE.drawStart).uniform();
  const drawn = Array.from({ length: count }, (_, i) => {
    const at = Math.floor(((i + start) * total) / count);
    // Rounding may give `total` itself, but no more.
    return byClass[Math.min(at, total - 1)]!;
  });
  return Array.from(permutation(count, seed, STREAM_USE.drawOrder), (at) => drawn[at]!);
}
