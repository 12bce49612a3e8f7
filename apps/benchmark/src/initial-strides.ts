import type { RunConfig } from './run-config.js';

/**
 * The initial strides that tables and headings name: of stages 2 to 4 of a ResNet, of every block
 * of an audio network.
 */
export function initialStrides({ dataset, strides }: Pick<RunConfig, 'dataset' | 'strides'>) {
  return dataset === 'sounds' ? strides : strides.slice(2);
}
