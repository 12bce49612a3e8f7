import { PolynomialActivation, UpsampledRelu } from '@ds/layers';
import type * as tfl from '@tensorflow/tfjs-layers';
import { relu } from './convolution.js';

/**
 * The nonlinearity of a network. `'polynomial'`: a learned polynomial of degree 2 at twice the
 * resolution, without alias. `'upsampled-relu'`: a ReLU at twice the resolution, with less alias
 * than `'relu'`.
 */
export type ActivationName = 'relu' | 'polynomial' | 'upsampled-relu';

export const ACTIVATIONS: readonly ActivationName[] = ['relu', 'polynomial', 'upsampled-relu'];

/**
 * Applies an activation. `name` is the name of a ReLU layer. For the others, `activation` replaces
 * `relu` in it.
 */
export function activated(
  x: tfl.SymbolicTensor,
  name: string,
  activation: ActivationName,
): tfl.SymbolicTensor {
  if (activation === 'relu') return relu(x, name);
  const options = { name: name.replace('.relu', '.activation') };
  const layer =
    activation === 'polynomial' ? new PolynomialActivation(options) : new UpsampledRelu(options);
  return layer.apply(x) as tfl.SymbolicTensor;
}
