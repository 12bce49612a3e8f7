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
  const fail = (rule: string, given = `shape [${x.shape}]`) => {
    throw new RangeError(`${fn}: ${name} must ${rule}, got ${given}`);
  };
  if (rank !== undefined && got !== rank) fail(`have rank ${rank}${wanted}`);
  if (got < minRank) fail(`have rank >= ${minRank}${wanted}`);
  if (dtype !== 'any' && x.dtype !== dtype) fail(`be ${dtype}`, x.dtype);
  if (x.shape.includes(0)) fail('have no empty axis');
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
