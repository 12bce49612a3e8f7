import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layersOf, type PlacedLayer } from './layers-of.js';
import { hasMember, type LayerWith, type PoolingMember } from './pooling-layer.js';

/**
 * Lists the layers of `layersOf` that have a member of `PoolingLayer`, such as `draws`.
 *
 * @param op the function name for errors.
 * @throws ConfigError if model is not a model of tf.layers, or the member is unknown.
 */
export function layersWith<Member extends PoolingMember>(
  model: LayersModel,
  member: Member,
  op = 'layersWith',
): (PlacedLayer & { layer: LayerWith<Member> })[] {
  return layersOf(model, op).filter(
    (placed): placed is PlacedLayer & { layer: LayerWith<Member> } =>
      hasMember(placed.layer, member),
  );
}
