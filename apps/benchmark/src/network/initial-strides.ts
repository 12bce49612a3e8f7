import type { RunConfig } from '../config/run-config.js';
import { reducingStages, reducingStrides } from './networks.js';

/**
 * The initial strides that tables and headings name: of the stages of a network that reduce, or of
 * the stem and all stages if another one is unusual; of every block of an audio network. Networks
 * with different strides have different ones.
 */
export function initialStrides({
  dataset,
  model = 'resnet18',
  strides,
  stem,
}: Pick<RunConfig, 'dataset' | 'model' | 'strides' | 'stem'>) {
  return dataset === 'sounds' ? strides : reducingStrides(model, strides, stem);
}

/** The places among all strides that a search varies: the stages that reduce, or every block. */
export function reducingPlaces({
  dataset,
  model = 'resnet18',
  strides,
}: Pick<RunConfig, 'dataset' | 'model' | 'strides'>): number[] {
  return dataset === 'sounds' ? [...strides.keys()] : reducingStages(model);
}
