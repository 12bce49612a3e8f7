import { permutation, type RandomStream, randomStream } from './random.js';
import { STREAM_USE } from './stream-use.js';

/** The random choices of an epoch. */
interface EpochStreams {
  /** The order of the examples. */
  order: Int32Array;
  /** Draws the augmentation of one example after the other. */
  random: RandomStream;
}

/** The random choices of an epoch of `count` examples. */
export function epochStreams(
  count: number,
  { seed, epoch }: { seed: number; epoch: number },
): EpochStreams {
  return {
    order: permutation(count, seed, epoch, STREAM_USE.order),
    random: randomStream(seed, epoch, STREAM_USE.augmentation),
  };
}
