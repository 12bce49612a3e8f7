import {
  add,
  backend_util,
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  Conv3D,
  type Conv3DAttrs,
  Conv3DBackpropFilterV2,
  type Conv3DBackpropFilterV2Attrs,
  Conv3DBackpropInputV2,
  type Conv3DBackpropInputV2Attrs,
  cast,
  pad,
  reshape,
  slice,
  stack,
  stridedSlice,
  type Tensor,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import type { BackendKernel, KernelCall } from '../backend-kernel.js';
import { Kernel } from '../kernel.js';

type Conv3DInfo = ReturnType<typeof backend_util.computeConv3DInfo>;
type Shape5D = [number, number, number, number, number];

/**
 * 3-D convolution and its gradients, composed of 2-D convolutions. The filter is split along its
 * depth into slabs. Each slab convolves the slices of x that it reaches, and the results are added.
 *
 * tfjs's own kernels shift the windows of 'same' if the windows do not cover the image, (out − 1)
 * · stride + filter < size. tfjs's gradients on wasm are wrong at all sizes.
 */
export const conv3dKernels: BackendKernel[] = [
  { kernelName: Conv3D, make: () => forward },
  { kernelName: Conv3DBackpropInputV2, make: () => inputGradient },
  { kernelName: Conv3DBackpropFilterV2, make: () => filterGradient },
];

/** `tf.conv3d` accepts integers, but the 2-D kernels do not. */
function forward({
  inputs: { x, filter },
  attrs,
}: KernelCall<Record<'x' | 'filter', Tensor>, Conv3DAttrs>): Tensor {
  return tidy(() => sumOfSlabs(cast(x, 'float32'), cast(filter, 'float32'), attrs));
}

function sumOfSlabs(x: Tensor, filter: Tensor, attrs: Conv3DAttrs): Tensor {
  const info = infoOf(x.shape, filter.shape, attrs);
  const { batchSize, outDepth, outHeight, outWidth, outChannels } = info;
  if (Math.min(outDepth, outHeight, outWidth) < 0) {
    throw new Error(
      `conv3d: the filter must fit into the image, got a filter of shape [${filter.shape}] ` +
        `for x of shape [${x.shape}]`,
    );
  }
  const plane = outHeight * outWidth * outChannels;
  const parts = slabs(info).map(({ tap, first, count, at }) => {
    const met = slicesOf(x, at, count, info.strideDepth);
    const part = run2d(Conv2D, { x: met, filter: slabOf(filter, tap) }, info);
    return placed(reshape(part, [batchSize, count, plane]), first, outDepth);
  });
  return reshape(total(parts, [batchSize, outDepth, plane]), info.outShape);
}

function inputGradient({
  inputs: { dy, filter },
  attrs,
}: KernelCall<Record<'dy' | 'filter', Tensor>, Conv3DBackpropInputV2Attrs>): Tensor {
  const info = infoOf(attrs.inputShape, filter.shape, attrs);
  const { batchSize, inDepth, inHeight, inWidth, inChannels, strideDepth } = info;
  const plane = inHeight * inWidth * inChannels;
  return tidy(() => {
    const parts = slabs(info).map(({ tap, first, count, at }) => {
      const inputs = { dy: slicesOf(dy, first, count, 1), filter: slabOf(filter, tap) };
      const inputShape = [batchSize * count, inHeight, inWidth, inChannels];
      const part = run2d(Conv2DBackpropInput, inputs, info, { inputShape });
      // Neighbouring slices are `strideDepth` apart in x.
      const apart = pad(reshape(part, [batchSize * count, 1, plane]), [
        [0, 0],
        [0, strideDepth - 1],
        [0, 0],
      ]);
      const lines = reshape(apart, [batchSize, count * strideDepth, plane]);
      const length = Math.min(count * strideDepth, inDepth - at);
      return placed(slice(lines, [0, 0, 0], [batchSize, length, plane]), at, inDepth);
    });
    return reshape(total(parts, [batchSize, inDepth, plane]), attrs.inputShape);
  });
}

function filterGradient({
  inputs: { x, dy },
  attrs,
}: KernelCall<Record<'x' | 'dy', Tensor>, Conv3DBackpropFilterV2Attrs>): Tensor {
  const info = infoOf(x.shape, attrs.filterShape, attrs);
  const filterShape = attrs.filterShape.slice(1);
  return tidy(() => {
    const parts: Tensor[] = Array.from({ length: info.filterDepth }, () => zeros(filterShape));
    for (const { tap, first, count, at } of slabs(info)) {
      const inputs = {
        x: slicesOf(x, at, count, info.strideDepth),
        dy: slicesOf(dy, first, count, 1),
      };
      parts[tap] = run2d(Conv2DBackpropFilter, inputs, info, { filterShape });
    }
    return stack(parts);
  });
}

/** Computes the sizes. Negative padding of tfjs becomes 0. */
function infoOf(
  inputShape: number[],
  filterShape: number[],
  {
    strides,
    pad: padding,
    dilations,
  }: Omit<Conv3DAttrs, 'dilations' | 'dataFormat'> & {
    dilations?: Conv3DAttrs['dilations'];
  },
): Conv3DInfo {
  const info = backend_util.computeConv3DInfo(
    inputShape as Shape5D,
    filterShape as Shape5D,
    strides,
    dilations ?? 1,
    padding,
  );
  const { front, back, top, bottom, left, right, type } = info.padInfo;
  const margins = (before: number, after: number) => {
    const both = Math.max(0, before + after);
    return [Math.floor(both / 2), Math.ceil(both / 2)] as const;
  };
  const [depth, height, width] = [
    margins(front, back),
    margins(top, bottom),
    margins(left, right),
  ] as const;
  const padInfo = {
    front: depth[0],
    back: depth[1],
    top: height[0],
    bottom: height[1],
    left: width[0],
    right: width[1],
    type,
  };
  return { ...info, padInfo };
}

/**
 * Returns the slabs of the filter that reach the image. For each: its depth `tap`, the `first`
 * output that it adds to, the `count` of these outputs, and its first slice `at` of x.
 */
function slabs(info: Conv3DInfo) {
  const { filterDepth, strideDepth, dilationDepth, inDepth, outDepth, padInfo } = info;
  return Array.from({ length: filterDepth }, (_, tap) => {
    const offset = tap * dilationDepth - padInfo.front;
    const first = Math.max(0, Math.ceil(-offset / strideDepth));
    const end = Math.min(outDepth, Math.floor((inDepth - 1 - offset) / strideDepth) + 1);
    return { tap, first, count: end - first, at: first * strideDepth + offset };
  }).filter(({ count }) => count > 0);
}

/** Returns the 2-D filter [kh, kw, a, b] at one depth of [kd, kh, kw, a, b]. */
function slabOf(filter: Tensor, tap: number): Tensor {
  const [depth, ...shape] = filter.shape as Shape5D;
  const size = shape.reduce((product, side) => product * side, 1);
  return reshape(slice(reshape(filter, [depth, size]), [tap, 0], [1, size]), shape);
}

/**
 * Returns `count` slices of [N, D, h, w, c] as a batch of images, starting at `at`, every `step`.
 */
function slicesOf(x: Tensor, at: number, count: number, step: number): Tensor {
  const [batch, depth, height, width, channels] = x.shape as Shape5D;
  const lines = reshape(x, [batch, depth, height * width * channels]);
  const end = [batch, at + (count - 1) * step + 1, height * width * channels];
  const taken = stridedSlice(lines, [0, at, 0], end, [1, step, 1]);
  return reshape(taken, [batch * count, height, width, channels]);
}

/** Pads lines [N, count, plane] with zeros to [N, depth, plane]. The first line moves to `at`. */
function placed(lines: Tensor, at: number, depth: number): Tensor {
  return pad(lines, [
    [0, 0],
    [at, depth - at - lines.shape[1]!],
    [0, 0],
  ]);
}

function total(parts: Tensor[], shape: number[]): Tensor {
  return parts.length > 0 ? parts.reduce((sum, part) => add(sum, part)) : zeros(shape);
}

/** Runs a 2-D convolution, or one of its gradients, for one slab. */
function run2d(
  kernelName: string,
  inputs: Record<string, Tensor>,
  info: Conv3DInfo,
  shape: Record<string, number[]> = {},
): Tensor {
  const { strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo } = info;
  const { top, bottom, left, right } = padInfo;
  const attrs = {
    strides: [strideHeight, strideWidth],
    dilations: [dilationHeight, dilationWidth],
    pad: [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
    dataFormat: 'NHWC',
    ...shape,
  };
  return new Kernel<Record<string, Tensor>, typeof attrs, Tensor>(kernelName).run(inputs, attrs);
}
