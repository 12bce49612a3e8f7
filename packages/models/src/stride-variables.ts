import { hasMember, layersWith } from '@ds/graph';
import type { Rank, Variable } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** A layer with a stride variable. */
export interface StrideVariable {
  /** The layer's path, after the models and wrappers around it: `trunk/pool`. */
  layer: string;
  /** The variable, one value for each spatial axis, or one for all. */
  variable: Variable<Rank.R1>;
  /** The current strides, one for each axis: [S_h, S_w] for images. */
  strides: number[];
}

/**
 * Lists the learnable strides of a model, in network order. `complexityLoss` of `@ds/regularizer`
 * takes this list. A layer with a `strideVariable` and `strides` counts once, also in nested models
 * and wrappers. Reads the variables' values on the host.
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
