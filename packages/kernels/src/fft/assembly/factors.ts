import { lanes } from './lanes';
import { LARGEST_RADIX } from './odd-butterfly';

// Splits a length into the radices of its passes.

/** Whether all prime factors are at most 13. */
export function isSmooth(n: u32): bool {
  let rest = n;
  for (let prime: u32 = 2; prime <= LARGEST_RADIX; prime++) {
    while (rest % prime === 0) rest /= prime;
  }
  return rest === 1;
}

/**
 * The radix of the first pass over one signal. Both it and the number of groups must fill a vector.
 * 0 if there is none.
 */
export function firstRadix<T>(n: u32): u32 {
  if (n % 8 === 0 && n % 16 !== 0 && isFirst<T>(n, 8)) return 8;
  if (isFirst<T>(n, 4)) return 4;
  if (isFirst<T>(n, 5)) return 5;
  if (isFirst<T>(n, 7)) return 7;
  if (isFirst<T>(n, 9)) return 9;
  if (isFirst<T>(n, 11)) return 11;
  if (isFirst<T>(n, 13)) return 13;
  if (isFirst<T>(n, 3)) return 3;
  if (isFirst<T>(n, 2)) return 2;
  return 0;
}

function isFirst<T>(n: u32, radix: u32): bool {
  return n % radix === 0 && radix >= <u32>lanes<T>() && n / radix >= <u32>lanes<T>();
}

/** The radix of the next pass over a rest > 1 of a smooth length. */
export function nextRadix(rest: u32): u32 {
  if (rest % 3 === 0) return 3;
  if (rest % 5 === 0) return 5;
  if (rest % 2 === 0) {
    const twos = ctz(rest);
    return twos % 3 === 0 ? 8 : twos === 1 ? 2 : 4;
  }
  let prime: u32 = 7;
  while (rest % prime !== 0) prime += 2;
  return prime;
}

/** The shortest length ≥ `least` that is a power of two times 1, 3, 5, 9 or 15. */
export function convolutionSize(least: u32): u32 {
  let best = 16;
  while (<u32>best < least) best *= 2;
  for (let odd = 3; odd <= 15; odd += 2) {
    if (odd !== 7 && odd !== 11 && odd !== 13) {
      let size = 16 * odd;
      while (<u32>size < least) size *= 2;
      best = min(best, size);
    }
  }
  return best;
}
