import { refuse } from '@ds/checks';
import { layersOf, watchLayers } from '@ds/graph';
import { Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';

/** One application of a layer in a model, with its shapes for one image. */
export interface Application {
  layer: layers.Layer;
  /** See `layersOf` of `@ds/graph`. */
  path: string;
  /** Shapes of inputs and outputs, without the batch axis. */
  inputs: number[][];
  outputs: number[][];
}

/**
 * Lists every application of a layer, layer by layer in network order, including nested models and
 * wrappers. It runs one blank image through the model. A wrapper such as `TimeDistributed` applies
 * its layer once per time step, and each counts. Models and wrappers themselves are not listed.
 */
export function applicationsOf(
  op: string,
  model: LayersModel,
  inputShapes: number[][],
): Application[] {
  const placed = layersOf(model);
  const holders = new Set(placed.flatMap(({ within }) => within));
  const leaves = placed.filter(({ layer }) => !holders.has(layer));
  const found = new Map(leaves.map(({ layer }) => [layer, [] as Application[]]));
  watchLayers(
    model,
    () => tidy(() => void model.predict(inputShapes.map((shape) => zeros([1, ...shape])))),
    ({ layer, path, inputs, outputs }) => {
      // A layer of plain JavaScript may return anything, such as a promise.
      const isOther = (output: unknown) => !(output instanceof Tensor);
      if (outputs.some(isOther)) {
        refuse(op, `call of '${path}'`, 'return tensors', outputs.find(isOther));
      }
      found.get(layer)?.push({ layer, path, inputs: shapesOf(inputs), outputs: shapesOf(outputs) });
    },
  );
  return [...found.values()].flat();
}

function shapesOf(tensors: Tensor[]): number[][] {
  return tensors.map(({ shape }) => shape.slice(1));
}
