import { freezeStrides, roundedPoolings } from '@ds/models';
import { recomputeStatistics } from '@ds/train';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { RunData } from '../data/run-data.js';
import { STATISTICS_IMAGES } from './statistics-images.js';

/** A copy of a trained network with integer strides. */
export interface RoundedCopy {
  network: LayersModel;
  /** Number of training images on which its batch norms' statistics were recomputed. */
  statisticsImages: number;
}

/** Options of {@link roundedNetwork}. */
export interface RoundedOptions {
  /** Number of training images for the statistics; 0 keeps those of the training. */
  images?: number;
  keepCustom?: boolean;
  signal?: AbortSignal;
}

/**
 * The network with integer strides, as strided convolutions, and with its batch norms' statistics
 * recomputed on training images, whole batches as in the first epoch. No weight is trained.
 *
 * @throws ConfigError of `freezeStrides`.
 */
export async function roundedNetwork(
  model: LayersModel,
  data: Pick<RunData, 'shape' | 'train'>,
  { images = STATISTICS_IMAGES, keepCustom, signal }: RoundedOptions = {},
): Promise<RoundedCopy> {
  const network = freezeStrides(model, data.shape, {
    round: true,
    ...(keepCustom && { keepCustom }),
  });
  // Without a rounded pooling, the maps are those that the statistics are of.
  if (images === 0 || roundedPoolings(network).length === 0) {
    return { network, statisticsImages: 0 };
  }
  try {
    const statisticsImages = await recomputeStatistics(network, data.train(0), {
      images,
      ...(signal && { signal }),
    });
    return { network, statisticsImages };
  } catch (error) {
    network.dispose();
    throw error;
  }
}
