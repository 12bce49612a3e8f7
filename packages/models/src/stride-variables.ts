import { requireModel } from '@ds/checks';
import type { Variable } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';

/** One layer whose strides are a variable. */
export interface StrideVariable {
  /** Name of the layer. */
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
 * The learnable strides of a model, in network order, as `strideComplexity` of `@ds/regularizer`
 * wants them. A layer counts if it has a `strideVariable` and `strides`; layers inside nested models
 * are found too. Reads the variables' values on the host.
 */
export function strideVariables(model: LayersModel): StrideVariable[] {
  requireModel('strideVariables', 'model', model);
  const found: StrideVariable[] = [];
  for (const layer of model.layers) {
    if (isModel(layer)) {
      found.push(...strideVariables(layer));
    } else if (hasStrides(layer) && layer.strideVariable) {
      found.push({
        layer: layer.name,
        variable: layer.strideVariable,
        strides: layer.strides,
      });
    }
  }
  return found;
}

function hasStrides(layer: layers.Layer): layer is layers.Layer & LayerWithStrides {
  return 'strideVariable' in layer && 'strides' in layer;
}

function isModel(layer: layers.Layer): layer is LayersModel {
  return 'layers' in layer && Array.isArray(layer.layers);
}
