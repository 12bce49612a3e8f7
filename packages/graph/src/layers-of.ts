import { refuse, requireModel, requireObject, requireString } from '@ds/checks';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';

/** A layer of a model, and its place. */
export interface PlacedLayer {
  layer: layers.Layer;
  /**
   * The layer's name, after the names of the models and wrappers around it: `trunk/pool`. A layer
   * of the model itself has its name alone. No two layers of a model have the same path.
   */
  path: string;
  /** The models and wrappers around the layer, from the outside in, without the model itself. */
  within: layers.Layer[];
}

/** The fields in which tfjs's layers keep the layers that they are made of. */
interface Holder {
  /** Of a model. */
  layers?: unknown;
  /**
   * Of a wrapper, such as `TimeDistributed`. `Bidirectional` has two copies besides, and computes
   * with those only.
   */
  layer?: unknown;
  forwardLayer?: unknown;
  backwardLayer?: unknown;
  /** Of recurrent layers. */
  cell?: unknown;
  cells?: unknown;
}

/**
 * Lists every layer of a model once, in network order, however often it is applied. A nested model
 * is not listed, but its layers are. The layers in a wrapper (`TimeDistributed`, `Bidirectional`)
 * or in a recurrent layer come right after it.
 *
 * @param op the function that errors name.
 * @throws ConfigError if model is not a model of tf.layers.
 */
export function layersOf(model: LayersModel, op = 'layersOf'): PlacedLayer[] {
  requireString('layersOf', 'op', op);
  requireModel(op, 'model', model);
  const found: PlacedLayer[] = [];
  const seen = new Set<layers.Layer>();
  const enter = (holder: layers.Layer, before: string, within: layers.Layer[]) => {
    const names = new Set<string>();
    for (const layer of heldBy(holder)) {
      if (seen.has(layer)) continue;
      seen.add(layer);
      // Layers of one model have different names, but cells may have the same.
      let name = layer.name;
      for (let again = 2; names.has(name); again++) name = `${layer.name}:${again}`;
      names.add(name);
      const path = `${before}${name}`;
      if (!isModel(layer)) found.push({ layer, path, within });
      enter(layer, `${path}/`, [...within, layer]);
    }
  };
  seen.add(model);
  enter(model, '', []);
  return found;
}

/**
 * Whether a layer is a nested model.
 *
 * @throws ConfigError if it is not a layer.
 */
export function isModel(layer: layers.Layer): layer is LayersModel {
  requireObject('isModel', 'layer', layer);
  return Array.isArray((layer as Holder).layers);
}

/** The layers that a layer computes with, in order. */
function heldBy(holder: layers.Layer): layers.Layer[] {
  const { layers: own, layer, forwardLayer, backwardLayer, cell, cells } = holder as Holder;
  const wrapped = forwardLayer ? [forwardLayer, backwardLayer] : [layer];
  return [own, wrapped, cell, cells].flat(2).filter(isLayer);
}

function isLayer(value: unknown): value is layers.Layer {
  const { name, getClassName, inboundNodes } = (value ?? {}) as Partial<layers.Layer>;
  return typeof name === 'string' && typeof getClassName === 'function' && inboundNodes != null;
}

/** @throws ConfigError if a value is not a layer of tf.layers. */
export function requireLayer(fn: string, name: string, value: unknown): void {
  if (!isLayer(value)) refuse(fn, name, 'be a layer of tf.layers', value);
}
