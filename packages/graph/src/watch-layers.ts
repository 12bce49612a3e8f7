import { refuse, requireFunction } from '@ds/checks';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { layersOf, type PlacedLayer } from './layers-of.js';

/** One application of a layer to tensors. */
export interface LayerCall extends Pick<PlacedLayer, 'layer' | 'path'> {
  inputs: Tensor[];
  outputs: Tensor[];
}

/**
 * Calls `run`, which applies the model to tensors, and calls `see` after each application of a
 * layer. The layers are those of `layersOf`: `see` gets the layers of nested models, but not the
 * models. A wrapper comes after its inner layer. The tensors belong to the model, which may dispose
 * of them after `see`. Returns the result of `run`.
 *
 * @throws ConfigError if model is not a model of tf.layers, `run` or `see` is not a function, or
 *   `run` returns a promise.
 */
export function watchLayers<Result>(
  model: LayersModel,
  run: () => Result,
  see: (call: LayerCall) => void,
): Result {
  const placed = layersOf(model, 'watchLayers');
  requireFunction('watchLayers', 'run', run);
  requireFunction('watchLayers', 'see', see);
  const restore = placed.map((one) => watch(one, see));
  try {
    const result = run();
    if (typeof (result as Partial<Promise<unknown>> | null)?.then === 'function') {
      refuse('watchLayers', 'run', 'be synchronous, since nothing is watched after it', result);
    }
    return result;
  } finally {
    for (const undo of restore) undo();
  }
}

/** Watches one layer. Returns a function that stops it. */
function watch({ layer, path }: PlacedLayer, see: (call: LayerCall) => void): () => void {
  /** Seen inputs of a layer with several outputs. tfjs calls such a layer once per output. */
  const known = new Set<string>();
  const isOwn = Object.hasOwn(layer, 'call');
  const call = layer.call;
  layer.call = (given, kwargs) => {
    const made = call.call(layer, given, kwargs);
    const [inputs, outputs] = [[given].flat(), [made].flat()];
    const key = inputs.map(({ id }) => id).join();
    if (known.has(key)) return made;
    if (outputs.length > 1) known.add(key);
    see({ layer, path, inputs, outputs });
    return made;
  };
  return () => {
    if (isOwn) layer.call = call;
    else delete (layer as Partial<Pick<layers.Layer, 'call'>>).call;
  };
}
