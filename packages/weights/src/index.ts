export type { Card, DataSource, ImageCard, Results, SoundCard } from './card.js';
export {
  cards,
  type ImageWeights,
  type ImageWeightsName,
  type LoadWeightsOptions,
  loadWeights,
  type SoundWeights,
  type SoundWeightsName,
  type WeightsName,
} from './load-weights.js';
export type { ImagePixels, Pixels } from './pixel-preparation.js';
