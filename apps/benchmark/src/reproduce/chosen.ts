import type { RunConfig } from '../config/run-config.js';
import { initialStrides } from '../network/initial-strides.js';

/** Which runs of a stored result are made again. Default: all. */
export interface Choice {
  poolings?: string[];
  seeds?: number[];
  /** Initial strides, as tables name them, or of all stages. */
  strides?: number[];
}

/** Whether a run is chosen. */
export function isChosen(config: RunConfig, { poolings, seeds, strides }: Choice): boolean {
  const { pooling, seed } = config;
  return (
    (!poolings || poolings.includes(pooling)) &&
    (!seeds || seeds.includes(seed)) &&
    (!strides || [initialStrides(config), config.strides].some((one) => `${one}` === `${strides}`))
  );
}
