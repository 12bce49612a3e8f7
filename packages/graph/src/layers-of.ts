import { refuse, requireModel, requireObject, requireString } from '@ds/checks';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';

/** A layer of a model and where it stands. */
export interface PlacedLayer {
  layer: layers.Layer;
  /**
   * Its name, behind the names of the models and wrappers that it stands in: `trunk/pool`. Of a layer that the model
   * itself holds it is the name alone. No two layers of a model have the same.
   */
  path: string;
}

/** Where tfjs's layers keep the layers that they are made of. */
interface Holder {
  /** A model's. */
  layers?: unknown;
  /** A wrapper's, such as `TimeDistributed`. `Bidirectional` keeps two copies beside it and only computes with those. */
  layer?: unknown;
  forwardLayer?: unknown;
  backwardLayer?: unknown;
  /** Those of recurrent layers. */
  cell?: unknown;
  cells?: unknown;
}

/**
 * Every layer of a model, each once however often it is applied, in network order. Nested models are entered and stand for
 * nothing themselves; what a wrapper (`TimeDistributed`, `Bidirectional`) or a recurrent layer holds comes right behind it.
 *
 * `op` is the function that errors name.
 *
 * @throws RangeError if model is not a model of tf.layers.
 */
export function layersOf(model: LayersModel, op = 'layersOf'): PlacedLayer[] {
  requireString('layersOf', 'op', op);
  requireModel(op, 'model', model);
  const found: PlacedLayer[] = [];
  const seen = new Set<layers.Layer>();
  const enter = (holder: layers.Layer, before: string) => {
    const names = new Set<string>();
    for (const layer of heldBy(holder)) {
      if (seen.has(layer)) continue;
      seen.add(layer);
      // A model's layers have different names; cells may have the same.
      let name = layer.name;
      for (let again = 2; names.has(name); again++) name = `${layer.name}:${again}`;
      names.add(name);
      const path = `${before}${name}`;
      if (!isModel(layer)) found.push({ layer, path });
      enter(layer, `${path}/`);
    }
  };
  seen.add(model);
  enter(model, '');
  return found;
}

/**
 * Whether a layer is a model, nested in another.
 *
 * @throws RangeError if it is no layer.
 */
export function isModel(layer: layers.Layer): layer is LayersModel {
  requireObject('isModel', 'layer', layer);
  return Array.isArray((layer as Holder).layers);
}

/** The layers that a layer computes with, in their order. */
function heldBy(holder: layers.Layer): layers.Layer[] {
  const { layers: own, layer, forwardLayer, backwardLayer, cell, cells } = holder as Holder;
  const wrapped = forwardLayer ? [forwardLayer, backwardLayer] : [layer];
  return [own, wrapped, cell, cells].flat(2).filter(isLayer);
}

function isLayer(value: unknown): value is layers.Layer {
  const { name, getClassName, inboundNodes } = (value ?? {}) as Partial<layers.Layer>;
  return typeof name === 'string' && typeof getClassName === 'function' && inboundNodes != null;
}

/** @throws RangeError if a value is not a layer of tf.layers. */
export function requireLayer(fn: string, name: string, value: unknown): void {
  if (!isLayer(value)) refuse(fn, name, 'be a layer of tf.layers', value);
}
