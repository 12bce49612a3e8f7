import { refuse, requireModel, requireObject, requireString } from '@ds/checks';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { UniqueNames } from './unique-names.js';

/** A layer of a model, with its position. */
export interface PlacedLayer {
  layer: layers.Layer;
  /**
   * The layer's name, after the names of the models and wrappers around it: `trunk/pool`. A layer
   * of the model itself has only its name. Paths are unique in a model, unless names have slashes.
   */
  path: string;
  /** The models and wrappers around the layer, from outermost to innermost, without the model. */
  within: layers.Layer[];
}

/** The fields in which tfjs stores the inner layers of a layer. */
interface Holder {
  /** In a model. */
  layers?: unknown;
  /**
   * In a wrapper, such as `TimeDistributed`. `Bidirectional` has two copies of it, and computes
   * only with those.
   */
  layer?: unknown;
  forwardLayer?: unknown;
  backwardLayer?: unknown;
  /** In a recurrent layer. */
  cell?: unknown;
  cells?: unknown;
  /** In a layer of residual blocks, such as `MaskedDepth` of `@ds/layers`. */
  blocks?: unknown;
}

/**
 * Lists every layer of a model once, in network order, even if it is applied several times. The
 * list has the layers of nested models, but not the nested models. The layers in a wrapper
 * (`TimeDistributed`, `Bidirectional`), in a recurrent layer or in residual blocks follow directly
 * after it.
 *
 * @param op the function name for errors.
 * @throws ConfigError if model is not a model of tf.layers.
 */
export function layersOf(model: LayersModel, op = 'layersOf'): PlacedLayer[] {
  requireString('layersOf', 'op', op);
  requireModel(op, 'model', model);
  const found: PlacedLayer[] = [];
  const seen = new Set<layers.Layer>();
  const enter = (holder: layers.Layer, before: string, within: layers.Layer[]) => {
    const names = new UniqueNames(':');
    for (const layer of heldBy(holder)) {
      if (seen.has(layer)) continue;
      seen.add(layer);
      // Layers of a model have unique names, but cells may not.
      const path = `${before}${names.free(layer.name)}`;
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

/**
 * The layers that a layer computes with, in order: those of a nested model, of a wrapper, of a
 * recurrent layer or of residual blocks. The layers inside these are not listed.
 *
 * @throws ConfigError if it is not a layer.
 */
export function innerLayers(layer: layers.Layer): layers.Layer[] {
  requireLayer('innerLayers', 'layer', layer);
  return heldBy(layer);
}

function heldBy(holder: layers.Layer): layers.Layer[] {
  const { layers: own, layer, forwardLayer, backwardLayer, cell, cells, blocks } = holder as Holder;
  const wrapped = forwardLayer ? [forwardLayer, backwardLayer] : [layer];
  return [own, wrapped, cell, cells, blocks].flat(2).filter(isLayer);
}

/** Whether a value is a layer of tf.layers, of any copy of tfjs. */
export function isLayer(value: unknown): value is layers.Layer {
  const { name, getClassName, inboundNodes } = (value ?? {}) as Partial<layers.Layer>;
  return typeof name === 'string' && typeof getClassName === 'function' && inboundNodes != null;
}

/** @throws ConfigError if a value is not a layer of tf.layers. */
export function requireLayer(fn: string, name: string, value: unknown): void {
  if (!isLayer(value)) refuse(fn, name, 'be a layer of tf.layers', value);
}
