import { hasMember, layersWith } from '@ds/graph';
import type { Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** One layer whose strides are a variable. */
export interface StrideVariable {
  /** The layer's path, after the models and wrappers around it: `trunk/pool`. */
  layer: string;
  /** Its variable, shape [2] or [1]. */
  variable: Variable;
  /** Its value as it stands, [S_h, S_w]. */
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
  return layersWith(model, 'strideVariable', 'strideVariables').flatMap(({ layer, path }) =>
    hasMember(layer, 'strides')
      ? [{ layer: path, variable: layer.strideVariable, strides: layer.strides }]
      : [],
  );
}
