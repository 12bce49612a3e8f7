import { refuse, requireFunction, requireObject } from '@ds/checks';
import { type Tensor, tidy, type Variable } from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';

/** Maps a value to the nearest allowed one. */
export interface Projection {
  apply(value: Tensor): Tensor;
}

/**
 * Projects every value that is later assigned to a weight, `w ← P(w)`. The initializer must
 * return an already projected value. Returns the weight.
 *
 * The `constraint` of tf.layers projects only in `LayerVariable.write`. The optimizers of
 * `model.fit` assign to the inner variable without a projection. A layer would then return and save
 * other values than it computes with. Set no other constraint on such a weight. The projection
 * reads no values on the host, and leaks no tensor.
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
