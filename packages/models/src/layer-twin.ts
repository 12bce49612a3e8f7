import { innerLayers } from '@ds/graph';
import type { serialization, Variable } from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { ownWeights } from './own-weights.js';

type LayerClass = serialization.SerializableConstructor<tfl.layers.Layer> & {
  fromConfig: (cls: LayerClass, config: serialization.ConfigDict) => tfl.layers.Layer;
};

/** The fields that tfjs leaves out of a configuration, or stores wrongly. */
interface Unsaved {
  depthMultiplier?: number;
  depthwiseConstraint?: unknown;
}

/**
 * Makes a layer of the same configuration, with some changes and without the weights.
 *
 * tfjs 4.22.0 saves no `depthMultiplier` of a `SeparableConv2D`. It saves the regularizer of a
 * `DepthwiseConv2D` as its constraint. Both come from the layer itself here.
 */
export function twinOf(
  layer: tfl.layers.Layer,
  changes: serialization.ConfigDict = {},
): tfl.layers.Layer {
  const cls = layer.constructor as LayerClass;
  const { depthMultiplier, depthwiseConstraint } = layer as Unsaved;
  // Behind a padding, a first layer has another input shape.
  const { depthwiseConstraint: _saved, batchInputShape: _shape, ...config } = layer.getConfig();
  const twin = cls.fromConfig(cls, {
    ...config,
    ...(depthMultiplier === undefined ? {} : { depthMultiplier }),
    ...changes,
  });
  if (depthwiseConstraint) (twin as Unsaved).depthwiseConstraint = depthwiseConstraint;
  return twin;
}

/**
 * Copies the weights of a layer to its twin, and whether each of them is trained. `setWeights`
 * would project them first, and an initial weight need not satisfy its constraint.
 */
export function copyWeights(layer: tfl.layers.Layer, twin: tfl.layers.Layer): void {
  const copies = everyWeight(twin);
  everyWeight(layer).forEach((weight, at) => {
    const copy = copies[at]!;
    (copy.read() as Variable).assign(weight.read());
    if (copy.trainable !== weight.trainable) copy.trainable = weight.trainable;
  });
}

/** The weights of a layer, and then of the layers inside it, in the order of their creation. */
function everyWeight(layer: tfl.layers.Layer): tfl.LayerVariable[] {
  return [...ownWeights(layer), ...innerLayers(layer).flatMap(everyWeight)];
}
