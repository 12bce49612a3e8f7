import { layersOf } from '@ds/graph';
import { LpsPool } from '@ds/layers';
import type { LayersModel } from '@tensorflow/tfjs';

/**
 * Lowers the temperature of learnable polyphase sampling over a training, as its paper does: geometrically
 * from each layer's own to `final`, so that the soft mixtures it trains on become the hard choices it makes
 * at inference. The function returned takes the share of the training that is done; a model without such
 * layers is left alone.
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
