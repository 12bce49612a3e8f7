import { featureEquivariance } from '@ds/models';
import type { Batches } from '@ds/train';
import { dispose, slice, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** How far the maps of a trained network are from shifting with its input. */
export interface MapEquivariance {
  /** Number of images. */
  images: number;
  /** One for each map, in network order. */
  maps: MapError[];
}

/** The relative error of a map under two diagonal shifts. */
export interface MapError {
  /** The path of the layer. */
  layer: string;
  /** By one pixel. */
  whole: number;
  /** By half a pixel. */
  half: number;
}

/** The largest number of images. All of their maps are in memory at once. */
const MOST_IMAGES = 8;

/**
 * Measures `featureEquivariance` of all maps on the first images. It leaves out outputs without
 * height and width, and maps whose error is not finite. Disposes of the batches.
 */
export async function mapEquivariance(
  model: LayersModel,
  batches: Batches,
): Promise<MapEquivariance | null> {
  let found: MapEquivariance | null = null;
  for await (const { images, labels } of batches) {
    if (!found) {
      const [batch, ...sizes] = images.shape as [number, number, number, number];
      const few = tidy(
        () => slice(images, 0, [Math.min(batch, MOST_IMAGES), ...sizes]) as Tensor4D,
      );
      const rows = await featureEquivariance(model, few, [
        [1, 1],
        [0.5, 0.5],
      ]);
      found = {
        images: few.shape[0],
        maps: rows
          .filter(
            ({ outputShape, errors }) => outputShape.length === 3 && errors.every(Number.isFinite),
          )
          .map(({ layer, errors: [whole, half] }) => ({ layer, whole: whole!, half: half! })),
      };
      few.dispose();
    }
    dispose([images, ...[labels].flat()]);
  }
  return found;
}

/** The mean error over the maps, or NaN if none was measured. */
export function meanError(
  equivariance: MapEquivariance | null | undefined,
  shift: 'whole' | 'half',
): number {
  const errors = (equivariance?.maps ?? []).map((map) => map[shift]);
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}
