import { refuse, requireFunction, requireObject } from '@ds/checks';
import { type Tensor, tidy, type Variable } from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';

/** Maps a value to the nearest one that is allowed. */
export interface Projection {
  apply(value: Tensor): Tensor;
}

/**
 * Keeps a weight in its set: everything that is assigned to it from now on is projected first, `w ← P(w)`. What it holds already
 * is its initializer's to get right. Returns the weight.
 *
 * The `constraint` of tf.layers does so in `LayerVariable.write` only. The optimizers of `model.fit` assign to the variable beneath,
 * where nothing is projected, and then a layer shows, saves and hands on what it does not compute with. Give such a weight no
 * constraint besides this one. Nothing is read back, no tensor is left behind.
 *
 * @throws RangeError if the weight is none of a layer, or the projection has no `apply`.
 */
export function projectWeight(weight: LayerVariable, projection: Projection): LayerVariable {
  const isWeight = typeof (weight as LayerVariable | null)?.read === 'function';
  if (!isWeight) refuse('projectWeight', 'weight', 'be a weight of a layer', weight);
  requireObject('projectWeight', 'projection', projection);
  requireFunction('projectWeight', 'projection.apply', projection.apply);
  const variable = weight.read() as Variable;
  const assign = variable.assign.bind(variable);
  variable.assign = (value) => tidy(() => assign(projection.apply(value)));
  return weight;
}
