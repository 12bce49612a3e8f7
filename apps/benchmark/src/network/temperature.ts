import { layersOf } from '@ds/graph';
import { LpsPool } from '@ds/layers';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/**
 * Anneals the temperature of learnable polyphase sampling during training, as in its paper. The
 * temperature falls geometrically from each layer's initial value to `final`, so that the soft
 * mixtures of training approach the hard selection of inference. Call the returned function with
 * the finished share of the training. It has no effect on a model without such layers.
 */
export function temperatureAnnealing(model: LayersModel, final: number): (share: number) => void {
  const layers = layersOf(model)
    .map(({ layer }) => layer)
    .filter((layer): layer is LpsPool => layer instanceof LpsPool)
    .map((layer) => ({ layer, initial: layer.temperature }));
  return (share) => {
    for (const { layer, initial } of layers) {
      layer.temperature = initial * (final / initial) ** share;
    }
  };
}
