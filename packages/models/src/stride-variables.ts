import { layersOf } from '@ds/graph';
import type { Variable } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';

/** One layer whose strides are a variable. */
export interface StrideVariable {
  /** The layer's path, after the models and wrappers around it: `trunk/pool`. */
  layer: string;
  /** Its variable, shape [2] or [1]. */
  variable: Variable;
  /** Its value as it stands, [S_h, S_w]. */
  strides: [number, number];
}

/** What a layer with learnable strides shows; `DiffStride` does, and so may a contributor's. */
interface LayerWithStrides {
  strideVariable: Variable | null;
  strides: [number, number];
}

/**
 * The learnable strides of a model, in network order, for `strideComplexity` of `@ds/regularizer`.
 * A layer with a `strideVariable` and `strides` counts once, in nested models and wrappers too.
 * Reads the variables' values on the host.
 *
 * @throws ConfigError if model is not a model of tf.layers.
 */
export function strideVariables(model: LayersModel): StrideVariable[] {
  return layersOf(model, 'strideVariables').flatMap(({ layer, path }) =>
    hasStrides(layer) && layer.strideVariable
      ? [{ layer: path, variable: layer.strideVariable, strides: layer.strides }]
      : [],
  );
}

function hasStrides(layer: layers.Layer): layer is layers.Layer & LayerWithStrides {
  return 'strideVariable' in layer && 'strides' in layer;
}
