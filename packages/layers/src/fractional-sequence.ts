import {
  type Checks,
  oneOf,
  requireBoolean,
  requireInteger,
  requireOptions,
  requireSize,
} from '@ds/checks';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Options for the boundaries of pooling regions along one axis. */
export interface SequenceOptions {
  /** Whether to draw Graham's pseudorandom sequences. Default false: random sequences. */
  pseudoRandom?: boolean;
  /** Seed. Equal seeds give equal sequences. */
  seed: number;
  /** One of the seed's independent streams, one for each axis: its axis number. Default 0. */
  stream?: 0 | 1 | 2;
}

const SEQUENCE_CHECKS: Checks<SequenceOptions> = {
  pseudoRandom: requireBoolean,
  seed: requireInteger,
  stream: oneOf(0, 1, 2),
};

/**
 * Boundaries 0 = a_0 < … < a_n = `inputSize` of `outputSize` pooling regions (Graham 2014).
 *
 * Let α = N_in/N_out and k = floor(α). A random sequence has exactly N_in − k·N_out increments of
 * k + 1, and k otherwise, in uniformly random order. A pseudorandom sequence is `ceil(α(i + u))`,
 * shifted to start at 0, with u uniform in (0, 1). Its increments are k or k + 1, in regular order.
 *
 * @throws ConfigError if outputSize is not an integer in 1 … inputSize.
 */
export function fractionalSequence(
  inputSize: number,
  outputSize: number,
  options: SequenceOptions,
): number[] {
  requireSize('fractionalSequence', 'inputSize', inputSize);
  requireInteger('fractionalSequence', 'outputSize', outputSize, 1, inputSize);
  requireOptions<SequenceOptions>('fractionalSequence', 'options', options, SEQUENCE_CHECKS, [
    'seed',
  ]);
  const { pseudoRandom = false, seed, stream = 0 } = options;
  const random = xoroshiro128plus(Math.imul(seed, 0x9e3779b1));
  for (let jump = 0; jump < stream; jump++) random.jump();
  if (pseudoRandom) return pseudoRandomSequence(inputSize, outputSize, openUniform(random));
  const smaller = Math.floor(inputSize / outputSize);
  const larger = inputSize - smaller * outputSize;
  const increments = Array.from({ length: outputSize }, (_, i) => smaller + (i < larger ? 1 : 0));
  for (let last = outputSize - 1; last > 0; last--) {
    const at = uniformInt(random, 0, last);
    [increments[at], increments[last]] = [increments[last]!, increments[at]!];
  }
  const boundaries = [0];
  for (const increment of increments) boundaries.push(boundaries.at(-1)! + increment);
  return boundaries;
}

/** `ceil(α(i + u)) − ceil(α u)` for a given u in (0, 1). */
export function pseudoRandomSequence(inputSize: number, outputSize: number, u: number): number[] {
  const alpha = inputSize / outputSize;
  const start = Math.ceil(alpha * u);
  return Array.from({ length: outputSize + 1 }, (_, i) =>
    i === outputSize ? inputSize : Math.ceil(alpha * (i + u)) - start,
  );
}

function openUniform(random: Parameters<typeof uniformFloat64>[0]): number {
  for (;;) {
    const u = uniformFloat64(random);
    if (u > 0) return u;
  }
}
