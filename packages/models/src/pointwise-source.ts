import { hasMember, nodeOf } from '@ds/graph';
import { dispose } from '@tensorflow/tfjs-core';
import type { layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { dataFormatOf } from './stock-pooling.js';

/**
 * The 1×1 convolution before a pooling, if the pooling can move in front of it. Mixing channels and
 * pooling planes commute, if the pooling is linear. This order is cheaper unless the convolution
 * has fewer outputs than inputs, or the layer enlarges its input. Returns `null` if there is no
 * such convolution.
 *
 * @param tensor the input of the pooling.
 * @param sourceOf returns the tensor of the copy, whose shape is static, for one of the model.
 */
export function pointwiseSource(
  pooling: layers.Layer,
  tensor: SymbolicTensor,
  sourceOf: (input: SymbolicTensor) => SymbolicTensor,
): { layer: layers.Layer; input: SymbolicTensor } | null {
  if (!hasMember(pooling, 'matrices')) return null;
  const layer = tensor.sourceLayer;
  if (layer.getClassName() !== 'Conv2D') return null;
  const { kernelSize, strides, useBias, activation, filters } = layer.getConfig();
  const dataFormat = dataFormatOf(layer);
  const isPointwise =
    [kernelSize, strides].flat().every((size) => size === 1) &&
    useBias === false &&
    activation === 'linear' &&
    dataFormat === dataFormatOf(pooling);
  if (!isPointwise) return null;
  const input = nodeOf(tensor).inputTensors[0]!;
  const isFirst = dataFormat === 'channelsFirst';
  const channels = input.shape[isFirst ? 1 : 3]!;
  if (channels > (filters as number)) return null;
  const [height, width] = sourceOf(input).shape.slice(isFirst ? 2 : 1) as [number, number];
  const { rows, columns, skew } = pooling.matrices([height, width]);
  const isLarger = rows.shape[0] * columns.shape[0] > height * width;
  dispose([rows, columns, ...Object.values(skew ?? {})]);
  return isLarger ? null : { layer, input };
}
