import { refuse } from './refuse.js';

/** What the checks look at of a tensor. */
export interface TensorLike {
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
 * compute of an empty batch, and an empty axis is mostly a mistake upstream.
 *
 * @throws RangeError if it is not.
 */
export function requireTensor(
  fn: string,
  name: string,
  value: unknown,
  { rank, minRank = 0, axes, dtype = 'float32' }: TensorRule = {},
): void {
  if (!isTensor(value)) refuse(fn, name, 'be a tensor', value);
  const x = value as TensorLike;
  if (x.isDisposed) refuse(fn, name, 'not be disposed', value);
  const wanted = axes ? ` (${axes})` : '';
  const got = x.shape.length;
  if (rank !== undefined && got !== rank) refuse(fn, name, `have rank ${rank}${wanted}`, value);
  if (got < minRank) refuse(fn, name, `have rank >= ${minRank}${wanted}`, value);
  if (dtype !== 'any' && x.dtype !== dtype) refuse(fn, name, `be ${dtype}`, value);
  if (x.shape.includes(0)) refuse(fn, name, 'have no empty axis', value);
}

/** By what it has: several copies of tfjs may be about. */
function isTensor(value: unknown): value is TensorLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    'dataId' in value &&
    Array.isArray((value as Partial<TensorLike>).shape)
  );
}
