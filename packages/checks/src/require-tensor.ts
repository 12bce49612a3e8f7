import { refuse } from './refuse.js';

/** What the checks look at of a tensor. */
interface TensorLike {
  shape: number[];
  dtype: string;
  isDisposed: boolean;
}

/** What a tensor must be. */
export interface TensorRule {
  /** Default any. */
  rank?: number;
  /** Default 0. */
  minRank?: number;
  /** What its axes mean, for the message: `'[batch, height, width, channels]'`. */
  axes?: string;
  /** Default `'float32'`. */
  dtype?: 'float32' | 'any';
}

/**
 * Checks that a value is a living tensor of a rank and a type, with no axis of length 0: there is nothing to
 * compute of an empty batch, and an empty axis is mostly a mistake upstream. It goes by what the value has, since
 * several copies of tfjs may be about.
 *
 * @throws RangeError if it is not.
 */
export function requireTensor(
  fn: string,
  name: string,
  value: unknown,
  { rank, minRank = 0, axes, dtype = 'float32' }: TensorRule = {},
): void {
  const x = value as TensorLike;
  if (!x || typeof x !== 'object' || !('dataId' in x)) refuse(fn, name, 'be a tensor', value);
  const { shape } = x;
  const fail = (rule: string, got = `shape [${shape}]`) => {
    throw new RangeError(`${fn}: ${name} must ${rule}, got ${got}`);
  };
  const at = shape.length;
  if (x.isDisposed) fail('not be disposed', 'a disposed tensor');
  if (at !== (rank ?? at)) fail(`have rank ${rank}${axes ? ` (${axes})` : ''}`);
  if (at < minRank) fail(`have rank >= ${minRank}`);
  if (dtype !== 'any' && x.dtype !== dtype) fail(`be ${dtype}`, x.dtype);
  if (shape.includes(0)) fail('have no empty axis');
}
