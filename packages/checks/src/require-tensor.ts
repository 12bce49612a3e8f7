import { ConfigError } from './errors.js';
import { refuse } from './refuse.js';

/** The fields of a tensor that the checks read. */
interface TensorLike {
  shape: number[];
  dtype: string;
  isDisposed: boolean;
}

/** The rules for a tensor. */
export interface TensorRule {
  /** Default: any rank. */
  rank?: number;
  /** Default 0. */
  minRank?: number;
  /** The meaning of the axes, for error messages: `'[batch, height, width, channels]'`. */
  axes?: string;
  /** Default `'float32'`. `'real'` is float32, int32 or bool, but no texts and no complex64. */
  dtype?: 'float32' | 'real' | 'any';
}

/** The types of real numbers. */
const REAL = ['float32', 'int32', 'bool'];

/**
 * Checks that a value is a tensor of a rank and a type, is not disposed, and has no axis of length
 * 0. An empty tensor is usually a mistake in an earlier step. The check reads the value's fields
 * instead of its class, because several copies of tfjs may be loaded.
 *
 * @throws ConfigError if the value breaks a rule.
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
    throw new ConfigError(`${fn}: ${name} must ${rule}, got ${got}`);
  };
  const at = shape.length;
  if (x.isDisposed) fail('not be disposed', 'a disposed tensor');
  if (at !== (rank ?? at)) fail(`have rank ${rank}${axes ? ` (${axes})` : ''}`);
  if (at < minRank) fail(`have rank >= ${minRank}`);
  if (dtype === 'float32' && x.dtype !== dtype) fail('be float32', x.dtype);
  if (dtype === 'real' && !REAL.includes(x.dtype)) fail('be float32, int32 or bool', x.dtype);
  if (shape.includes(0)) fail('have no empty axis');
}
