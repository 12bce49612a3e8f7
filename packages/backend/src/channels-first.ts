import {
  engine,
  type KernelFunc,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';

type Axes = [number, number, number, number];

const TO_LAST: Axes = [0, 2, 3, 1];
const TO_FIRST: Axes = [0, 3, 1, 2];

/** What decides the layout of a convolution, and what its layout decides. */
interface LayoutAttrs {
  dataFormat?: string;
  pad?: unknown;
  inputShape?: number[];
}

/**
 * A convolution's kernel for images whose channels come first too: they are transposed, and so is the result where it
 * is an image, for tfjs's wasm kernels have no such form, or ignore that they are asked for it.
 */
export function withChannelsFirst(
  kernelName: string,
  isImage: boolean,
  kernel: KernelFunc,
): KernelFunc {
  return (args) => {
    const attrs = args.attrs as unknown as LayoutAttrs;
    if (attrs.dataFormat !== 'NCHW') return kernel(args);
    const inputs = args.inputs as unknown as Record<string, Tensor | undefined>;
    return tidy(() => {
      const last: NamedTensorMap = {};
      for (const [name, tensor] of Object.entries(inputs)) {
        if (tensor) last[name] = channelsLast(name, tensor);
      }
      const result = engine().runKernel(kernelName, last, {
        ...args.attrs,
        dataFormat: 'NHWC',
        ...(Array.isArray(attrs.pad) && { pad: inOrder(attrs.pad) }),
        ...(attrs.inputShape && { inputShape: inOrder(attrs.inputShape) }),
      } as NamedAttrMap) as Tensor;
      return isImage ? transpose(result, TO_FIRST) : result;
    });
  };
}

const IMAGES = new Set(['x', 'dy']);

/** Images, and what is given for each value of one, with their channels last; filters and values a channel as they are. */
function channelsLast(name: string, tensor: Tensor): Tensor {
  if (IMAGES.has(name)) return transpose(tensor, TO_LAST);
  if (name === 'filter' || tensor.rank < 3) return tensor;
  return transpose(tensor, tensor.rank === 3 ? [1, 2, 0] : TO_LAST);
}

function inOrder<T>(list: T[]): T[] {
  return TO_LAST.map((axis) => list[axis]!);
}
