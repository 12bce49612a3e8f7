import { applyInOneModel } from '@ds/graph';
import type { MaskedConv2D } from '@ds/layers';
import { dispose, pad, type Tensor, tidy } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import type { ConstantPooling } from './constant-pooling.js';

/**
 * A convolution with learned sizes as a stock `Conv2D` of its kept taps and channels, for inputs
 * with this number of channels. With `cropping: false`, channels of zeros follow the kept ones.
 */
export function stockConvolution(
  layer: MaskedConv2D,
  name: string,
  inputs: number,
): ConstantPooling {
  const { cropping, filters: largest } = layer.getConfig();
  const weights = tidy(() => {
    const { kernel, bias } = layer.croppedWeights(inputs);
    const kept: Tensor[] = bias ? [kernel, bias] : [kernel];
    const missing = cropping ? 0 : (largest as number) - kernel.shape[3];
    return kept.map((weight) =>
      pad(
        weight,
        weight.shape.map((_, axis) => [0, axis === weight.rank - 1 ? missing : 0]),
      ),
    );
  });
  const [height, width, , filters] = weights[0]!.shape as [number, number, number, number];
  const convolution = tfl.layers.conv2d({
    name,
    filters,
    kernelSize: [height, width],
    padding: 'same',
    useBias: weights.length > 1,
    weights,
  });
  return {
    stock: ['Conv2D'],
    apply: (x) => {
      const y = applyInOneModel(convolution, () => convolution.apply(x) as tfl.SymbolicTensor);
      dispose(weights);
      return y;
    },
  };
}
