import { layersOf } from '@ds/graph';
import { type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';

/** A place where a model applies a layer, with its shapes for one image. */
export interface Application {
  layer: layers.Layer;
  /** See `layersOf` of `@ds/graph`. */
  path: string;
  /** Shapes of inputs and outputs, without the batch axis. */
  inputs: number[][];
  outputs: number[][];
}

/**
 * Every place where a model applies a layer, layer by layer in network order, in nested models and
 * wrappers too. It runs one blank image through the model to see them. What a wrapper applies once
 * for each moment has a place for each. Models and wrappers themselves have none.
 */
export function applicationsOf(model: LayersModel, inputShapes: number[][]): Application[] {
  const placed = layersOf(model);
  const found = new Map<layers.Layer, Application[]>();
  const leaves = placed.filter(
    ({ path }) => !placed.some((other) => other.path.startsWith(`${path}/`)),
  );
  const restore: (() => void)[] = [];
  for (const { layer, path } of leaves) {
    const places: Application[] = [];
    found.set(layer, places);
    /** The inputs of layers with several outputs. tfjs calls such a layer again for each output. */
    const known = new Set<string>();
    const isOwn = Object.hasOwn(layer, 'call');
    const call = layer.call;
    restore.push(() => {
      if (isOwn) layer.call = call;
      else delete (layer as { call?: unknown }).call;
    });
    layer.call = (inputs, kwargs) => {
      const outputs = call.call(layer, inputs, kwargs);
      const key = [inputs]
        .flat()
        .map(({ id }) => id)
        .join();
      if (known.has(key)) return outputs;
      if (Array.isArray(outputs) && outputs.length > 1) known.add(key);
      places.push({ layer, path, inputs: shapesOf(inputs), outputs: shapesOf(outputs) });
      return outputs;
    };
  }
  try {
    tidy(() => void model.predict(inputShapes.map((shape) => zeros([1, ...shape]))));
  } finally {
    for (const undo of restore) undo();
  }
  return leaves.flatMap(({ layer }) => found.get(layer)!);
}

function shapesOf(tensors: Tensor | Tensor[]): number[][] {
  return [tensors].flat().map(({ shape }) => shape.slice(1));
}
