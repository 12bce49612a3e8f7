import {
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  type KernelBackend,
  type Tensor4D,
  type TensorInfo,
  type TypedArray,
  tensor4d,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { withChannelsFirst } from './channels-first.js';
import { type Conv2DInfo, type Dilated, gradientInfo } from './sizes.js';

/**
 * The gradient of a convolution in its filter:
 *
 * `dw[u,v,i,o] = Σ_{n,y,x} image[n, y·s_h + u·d_h − top, x·s_w + v·d_w − left, i] · dy[n,y,x,o]`
 *
 * tfjs's kernel reads each number through a call with four indices. This one adds, for each tap and
 * output pixel, the outer product of two rows of channels. The sums run in the same order and
 * precision, so the numbers are those of tfjs.
 */
export const conv2dBackpropFilterOnCpu: BackendKernel<
  Record<'x' | 'dy', TensorInfo>,
  Conv2DBackpropFilterAttrs & Dilated
> = {
  kernelName: Conv2DBackpropFilter,
  make: () =>
    withChannelsFirst(Conv2DBackpropFilter, false, ({ inputs, attrs, backend }) => {
      const { x, dy } = inputs;
      const info = gradientInfo(x.shape, attrs.filterShape, dy.shape, attrs);
      const read = ({ dataId }: TensorInfo) =>
        (backend as KernelBackend).readSync(dataId) as TypedArray;
      return filterGradient(read(x), read(dy), info);
    }),
};

function filterGradient(image: TypedArray, dy: TypedArray, info: Conv2DInfo): Tensor4D {
  const { filterHeight, filterWidth, inChannels, outChannels } = info;
  const tapSize = inChannels * outChannels;
  const sums = new Float32Array(filterHeight * filterWidth * tapSize);
  const tap = new Float64Array(tapSize);
  for (let row = 0; row < filterHeight; row++) {
    for (let column = 0; column < filterWidth; column++) {
      tap.fill(0);
      addTap(tap, image, dy, info, row, column);
      sums.set(tap, (row * filterWidth + column) * tapSize);
    }
  }
  return tensor4d(sums, [filterHeight, filterWidth, inChannels, outChannels]);
}

/**
 * Adds the outer products of one tap of the filter to `tap`, of shape [inChannels, outChannels].
 */
function addTap(
  tap: Float64Array,
  image: TypedArray,
  dy: TypedArray,
  info: Conv2DInfo,
  row: number,
  column: number,
): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  const firstY = row * info.dilationHeight - info.padInfo.top;
  const firstX = column * info.dilationWidth - info.padInfo.left;
  for (let n = 0; n < batchSize; n++) {
    for (let outY = 0; outY < outHeight; outY++) {
      const y = outY * info.strideHeight + firstY;
      if (y < 0 || y >= inHeight) continue;
      for (let outX = 0; outX < outWidth; outX++) {
        const x = outX * info.strideWidth + firstX;
        if (x < 0 || x >= inWidth) continue;
        const pixel = ((n * inHeight + y) * inWidth + x) * inChannels;
        const output = ((n * outHeight + outY) * outWidth + outX) * outChannels;
        for (let i = 0; i < inChannels; i++) {
          const value = image[pixel + i]!;
          const sum = i * outChannels;
          for (let o = 0; o < outChannels; o++) tap[sum + o]! += value * dy[output + o]!;
        }
      }
    }
  }
}
