import { type NamedTensorInfoMap, type Tensor, tidy, transpose } from '@tensorflow/tfjs-core';
import type { KernelFuncOf } from '../backend-kernel.js';
import { Kernel } from '../kernel.js';

type Axes = [number, number, number, number];

const TO_LAST: Axes = [0, 2, 3, 1];
const TO_FIRST: Axes = [0, 3, 1, 2];

/** The attributes of a convolution that depend on the layout. */
interface LayoutAttrs {
  dataFormat?: string;
  pad?: unknown;
  inputShape?: number[];
}

/**
 * Wraps the kernel of a convolution, so that it accepts channels first. It transposes the images
 * for the kernel. If the result is an image, it transposes the result back. Some of tfjs's kernels
 * refuse channels first; others ignore the layout.
 */
export function withChannelsFirst<
  Inputs extends NamedTensorInfoMap,
  Attributes extends LayoutAttrs,
>(
  kernelName: string,
  isImage: boolean,
  kernel: KernelFuncOf<Inputs, Attributes>,
): KernelFuncOf<Inputs, Attributes> {
  const convolution = new Kernel<Record<string, Tensor>, object, Tensor>(kernelName);
  return (args) => {
    const { inputs, attrs } = args;
    if (attrs.dataFormat !== 'NCHW') return kernel(args);
    return tidy(() => {
      const last: Record<string, Tensor> = {};
      for (const [name, tensor] of Object.entries(inputs)) {
        if (tensor) last[name] = channelsLast(name, tensor as Tensor);
      }
      const result = convolution.run(last, {
        ...attrs,
        dataFormat: 'NHWC',
        ...(Array.isArray(attrs.pad) && { pad: inOrder(attrs.pad) }),
        ...(attrs.inputShape && { inputShape: inOrder(attrs.inputShape) }),
      });
      return isImage ? transpose(result, TO_FIRST) : result;
    });
  };
}

const IMAGES = new Set(['x', 'dy']);

/**
 * Moves the channels of images last. It does the same for a bias or slope with a value for each
 * value of an image. Filters and values per channel are returned unchanged.
 */
function channelsLast(name: string, tensor: Tensor): Tensor {
  if (IMAGES.has(name)) return transpose(tensor, TO_LAST);
  if (name === 'filter' || tensor.rank < 3) return tensor;
  return transpose(tensor, tensor.rank === 3 ? [1, 2, 0] : TO_LAST);
}

function inOrder<T>(list: T[]): T[] {
  return TO_LAST.map((axis) => list[axis]!);
}
