import { type Checks, oneOf, requireOptions } from '@ds/checks';
import type { Precision } from './module.js';

/** Options of the plans on vectors. */
export interface SimdOptions<Chosen extends Precision = Precision> {
  /** The number type of the computation. float32 takes half the time. Default `'float64'`. */
  precision?: Chosen;
}

/** The arrays of a precision. */
export type ArrayOf<Chosen extends Precision> = Chosen extends 'float32'
  ? Float32Array
  : Float64Array;

const CHECKS: Checks<SimdOptions> = { precision: oneOf('float64', 'float32') };

/** @throws ConfigError if an option is wrong. */
export function precisionOf<Chosen extends Precision>(
  owner: string,
  options: SimdOptions<Chosen>,
): Chosen {
  requireOptions<SimdOptions>(owner, 'options', options, CHECKS);
  return options.precision ?? ('float64' as Chosen);
}

/** A new array of zeros. */
export function zeros<Chosen extends Precision>(
  precision: Chosen,
  length: number,
): ArrayOf<Chosen> {
  const values = precision === 'float32' ? new Float32Array(length) : new Float64Array(length);
  return values as ArrayOf<Chosen>;
}
