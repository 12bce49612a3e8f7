import type { RunConfig } from '../config/run-config.js';
import { reducingStrides } from './networks.js';

/**
 * The initial strides that tables and headings name: of the stages of a network that reduce, of
 * every block of an audio network.
 */
export function initialStrides({
  dataset,
  model = 'resnet18',
  strides,
}: Pick<RunConfig, 'dataset' | 'model' | 'strides'>) {
  return dataset === 'sounds' ? strides : reducingStrides(model, strides);
}
