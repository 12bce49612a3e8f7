import { hasMember } from '@ds/graph';
import type { layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { dataFormatOf } from './stock-pooling.js';

/**
 * The 1×1 convolution before a pooling, if the pooling can move in front of it. Mixing channels and
 * pooling planes commute, if the pooling is linear. This order is cheaper unless the convolution has
 * fewer outputs than inputs. Returns `null` if there is no such convolution.
 *
 * @param tensor the input of the pooling.
 */
export function pointwiseSource(
  pooling: layers.Layer,
  tensor: SymbolicTensor,
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
  const input = layer.inboundNodes[tensor.nodeIndex]!.inputTensors[0]!;
  const channels = input.shape[dataFormat === 'channelsFirst' ? 1 : 3]!;
  return channels <= (filters as number) ? { layer, input } : null;
}
