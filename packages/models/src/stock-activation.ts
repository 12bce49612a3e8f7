import type { PoolingMatrices } from '@ds/kernels';
import type { DataFormat, PolynomialActivation, UpsampledRelu } from '@ds/layers';
import { dispose, onesLike, reshape, slice, type Tensor, tidy } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { constantPooling } from './constant-pooling.js';
import type { Place } from './stock-windows.js';

/** `D f(U x)` in stock layers: constant matrices around a ReLU or a polynomial. */
export function stockActivation({ layer, name, x, dataFormat }: Place): tfl.SymbolicTensor {
  const [height, width] = x.shape.slice(dataFormat === 'channelsFirst' ? 2 : 1) as number[];
  const activation = layer as PolynomialActivation | UpsampledRelu;
  const { up, down } = activation.resampling([height!, width!]);
  const by = (part: string, image: tfl.SymbolicTensor, matrices: PoolingMatrices) =>
    constantPooling(
      `${name}.${part}`,
      image.shape.slice(1) as number[],
      matrices,
      dataFormat,
    ).apply(image);
  const u = by('up', x, up);
  const y =
    layer.getClassName() === 'ds>UpsampledRelu'
      ? (tfl.layers.reLU({ name: `${name}.relu` }).apply(u) as tfl.SymbolicTensor)
      : polynomial(u, name, layer.getWeights()[0]!, dataFormat);
  return by('down', y, down);
}

/**
 * `(a₁ + a₂ u) u + a₀`, with depthwise convolutions of 1×1. Coefficients [3, C]. No layer has u
 * twice as an input: tfjs would dispose of u too early.
 */
function polynomial(
  u: tfl.SymbolicTensor,
  name: string,
  coefficients: Tensor,
  dataFormat: DataFormat,
): tfl.SymbolicTensor {
  const channels = coefficients.shape[1]!;
  /** Multiplies each channel by the coefficient of a power, or by 1, and adds another one. */
  const line = (part: string, image: tfl.SymbolicTensor, slope: 2 | null, offset: 0 | 1) => {
    const weights = tidy(() => {
      const of = (power: number) => slice(coefficients, [power, 0], [1, channels]);
      return [
        reshape(slope === null ? onesLike(of(0)) : of(slope), [1, 1, channels, 1]),
        reshape(of(offset), [channels]),
      ];
    });
    const settings = { name: `${name}.${part}`, kernelSize: 1, dataFormat, trainable: false };
    const layer = tfl.layers.depthwiseConv2d({ ...settings, weights });
    const y = layer.apply(image) as tfl.SymbolicTensor;
    dispose(weights);
    return y;
  };
  const product = tfl.layers
    .multiply({ name: `${name}.product` })
    .apply([line('slope', u, 2, 1), u]) as tfl.SymbolicTensor;
  return line('offset', product, null, 0);
}
