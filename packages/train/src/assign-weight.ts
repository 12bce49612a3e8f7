import { type Tensor, tidy, type Variable } from '@tensorflow/tfjs-core';
import type { LayerVariable } from '@tensorflow/tfjs-layers';

/**
 * Gives a weight a value that it had before, to the last bit. `LayerVariable.write` would apply the
 * weight's constraint once more. A constraint such as `maxNorm` changes even values that it made.
 */
export function assignWeight(weight: LayerVariable, make: () => Tensor): void {
  tidy(() => (weight.read() as Variable).assign(make()));
}
