import { innerLayers } from '@ds/graph';
import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';

/**
 * The weights of a layer without those of the layers inside it, in the order of their creation. The
 * order of `weights` depends on what is trained.
 */
export function ownWeights(layer: layers.Layer): LayerVariable[] {
  const { _trainableWeights: trained, _nonTrainableWeights: others } = layer as unknown as {
    _trainableWeights: LayerVariable[];
    _nonTrainableWeights: LayerVariable[];
  };
  const made = [...trained, ...others];
  const known = new Set([...made, ...innerLayers(layer).flatMap(({ weights }) => weights)]);
  // A layer of another class may hold layers where `innerLayers` does not look.
  return [...made, ...layer.weights.filter((weight) => !known.has(weight))];
}
