import { ConfigError } from '@ds/checks';
import { hasMember, layersOf, type PlacedLayer, plainClassName } from '@ds/graph';
import { isMaskedDepth } from '@ds/layers';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { isStock } from './stock-class.js';
import { isFreezable } from './stock-pooling.js';

/** The layers of a model that neither belong to tfjs nor have stock layers to replace them. */
export function customLayers(model: LayersModel): PlacedLayer[] {
  return layersOf(model).filter(
    ({ layer }) => !isStock(layer) && !isFreezable(layer) && !isMaskedDepth(layer),
  );
}

/** @throws ConfigError that lists the custom layers of a model, with the reason for each. */
export function refuseCustomLayers(model: LayersModel): void {
  const found = customLayers(model);
  if (found.length === 0) return;
  const shown = found.map(
    ({ layer, path }) => `${path} (${plainClassName(layer)}: ${obstacle(layer)})`,
  );
  throw new ConfigError(
    'freezeStrides: model must have only layers that stock layers can replace, ' +
      `got ${shown.join(', ')}. ` +
      'Replace these layers, or keep them with { keepCustom: true }: the copy then needs their classes',
  );
}

/** Why no stock layers compute a layer. */
function obstacle(layer: layers.Layer): string {
  if (layer.getClassName() === 'ds>TipsPool') {
    return 'its weights of the grids depend on the image';
  }
  if (hasMember(layer, 'sharesChoice')) return 'it chooses a grid for each image';
  if (layer.getConfig().modulus === true)
    return 'no stock layer takes the square root of a modulus';
  return 'no stock layers are known for this class';
}
