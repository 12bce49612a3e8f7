import { refuse, requireFunction, requireObject } from '@ds/checks';
import { type Tensor, tidy, type Variable } from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';

/** Maps a value to the nearest allowed one. */
export interface Projection {
  apply(value: Tensor): Tensor;
}

/**
 * Keeps a weight in its set: from now on every value that is assigned to it is projected first,
 * `w ← P(w)`. The initializer must have put the present value into the set. Returns the weight.
 *
 * The `constraint` of tf.layers projects in `LayerVariable.write` only. The optimizers of
 * `model.fit` assign to the variable beneath, without a projection. A layer would then show and
 * save other values than it computes with. Give such a weight no other constraint. Nothing is read
 * back, and no tensor is left behind.
 *
 * @throws ConfigError if the weight is not one of a layer, or the projection has no `apply`.
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
