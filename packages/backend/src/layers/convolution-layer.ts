import { add, conv2d, type Tensor, type Tensor4D, transpose } from '@tensorflow/tfjs-core';
import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';

/** The parts of tfjs's layer that a convolution uses. */
export interface Conv2DLayer extends layers.Layer {
  kernel: LayerVariable;
  bias?: LayerVariable | null;
  activation?: { apply(x: Tensor): Tensor; getClassName(): string } | null;
  strides: [number, number];
  padding: 'valid' | 'same' | 'causal';
  dataFormat: 'channelsFirst' | 'channelsLast';
  dilationRate: number | [number, number];
}

let prototype: Conv2DLayer | undefined;

/**
 * The prototype of tfjs-layers' 2-D convolution, whose methods serve every model in the process, or
 * `undefined` without tfjs-layers.
 */
export async function convolutionPrototype(): Promise<Conv2DLayer | undefined> {
  if (prototype) return prototype;
  try {
    const { layers } = await import('@tensorflow/tfjs-layers');
    // With a name, it takes no number of the default names.
    const layer = layers.conv2d({ name: 'probe', filters: 1, kernelSize: 1 });
    prototype = Object.getPrototypeOf(layer) as Conv2DLayer;
    return prototype;
  } catch {
    return undefined;
  }
}

/** The layer's convolution, bias and activation, one after the other. */
export function unfused(layer: Conv2DLayer, input: Tensor4D): Tensor {
  const { strides, padding, dilationRate, kernel, bias, activation } = layer;
  const isFirst = layer.dataFormat === 'channelsFirst';
  const x = isFirst ? transpose(input, [0, 2, 3, 1]) : input;
  const pad = padding === 'same' ? 'same' : 'valid';
  const filter = kernel.read() as Tensor4D;
  const convolved = conv2d(x, filter, strides, pad, 'NHWC', dilationRate);
  const biased = bias ? add(convolved, bias.read()) : convolved;
  const y = isFirst ? transpose(biased, [0, 3, 1, 2]) : biased;
  return activation ? activation.apply(y) : y;
}
