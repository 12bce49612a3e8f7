import { layersOf, watchLayers } from '@ds/graph';
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
 * wrappers too. It runs one blank image through the model to see them. A layer that a wrapper
 * applies once for each moment has a place for each moment. Models and wrappers themselves have
 * none.
 */
export function applicationsOf(model: LayersModel, inputShapes: number[][]): Application[] {
  const placed = layersOf(model);
  const holders = new Set(placed.flatMap(({ within }) => within));
  const leaves = placed.filter(({ layer }) => !holders.has(layer));
  const found = new Map(leaves.map(({ layer }) => [layer, [] as Application[]]));
  watchLayers(
    model,
    () => tidy(() => void model.predict(inputShapes.map((shape) => zeros([1, ...shape])))),
    ({ layer, path, inputs, outputs }) => {
      found.get(layer)?.push({ layer, path, inputs: shapesOf(inputs), outputs: shapesOf(outputs) });
    },
  );
  return [...found.values()].flat();
}

function shapesOf(tensors: Tensor[]): number[][] {
  return tensors.map(({ shape }) => shape.slice(1));
}
