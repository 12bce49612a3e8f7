import {
  backend_util,
  Dilation2D,
  type Dilation2DAttrs,
  Dilation2DBackpropFilter,
  Dilation2DBackpropInput,
  type KernelBackend,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { BackendKernel, KernelFuncOf } from '../backend-kernel.js';

type Values = Float32Array | Int32Array | Uint8Array;

/** Receives an output: its index, its value, and the pixel and tap that win. */
type Visit = (out: number, value: number, pixel: number, tap: number) => void;

/**
 * Grayscale dilation on the host, over the taps inside x:
 *
 * `y[n,p,q,c] = max_{i,j} x[n, s p + d i − t, s q + d j − l, c] + F[i,j,c]`
 *
 * The first of equal sums wins. At strides above 1, tfjs's own kernel reads other pixels for
 * 'same'.
 */
export const dilation2dOnWasm: BackendKernel = {
  kernelName: Dilation2D,
  make: () =>
    hostKernel(
      ({ info }) => info.outShape,
      (y) => (out, value) => {
        y[out] = value;
      },
    ),
};

/** Gradient of the dilation in x. Each output adds its upstream gradient to the pixel that won. */
export const dilation2dBackpropInputOnWasm: BackendKernel = {
  kernelName: Dilation2DBackpropInput,
  make: () =>
    hostKernel(
      ({ x }) => x.shape,
      (dx, dy) => (out, _, pixel) => {
        dx[pixel]! += dy[out]!;
      },
    ),
};

/**
 * Gradient of the dilation in the filter. Each output adds its upstream gradient to the tap that
 * won.
 */
export const dilation2dBackpropFilterOnWasm: BackendKernel = {
  kernelName: Dilation2DBackpropFilter,
  make: () =>
    hostKernel(
      ({ filter }) => filter.shape,
      (df, dy) => (out, _, __, tap) => {
        df[tap]! += dy[out]!;
      },
    ),
};

type Info = ReturnType<typeof backend_util.computeDilation2DInfo>;

interface Inputs extends Record<'x' | 'filter', TensorInfo> {
  dy?: TensorInfo;
}

/** Makes a kernel on the host that visits the outputs one by one. */
function hostKernel(
  shapeOf: (given: { x: TensorInfo; filter: TensorInfo; info: Info }) => number[],
  visitWith: (result: Values, dy: Values) => Visit,
): KernelFuncOf<Inputs, Dilation2DAttrs> {
  return ({ inputs, attrs, backend }) => {
    const { x, filter, dy } = inputs;
    const { strides, pad, dilations } = attrs;
    const info = backend_util.computeDilation2DInfo(
      x.shape as [number, number, number, number],
      filter.shape as [number, number, number],
      strides,
      pad,
      'NHWC',
      dilations,
    );
    const host = backend as KernelBackend;
    const read = ({ dataId }: TensorInfo) => host.readSync(dataId) as Values;
    const shape = shapeOf({ x, filter, info });
    const size = util.sizeFromShape(shape);
    const result = util.getTypedArrayFromDType(x.dtype as 'float32' | 'int32' | 'bool', size);
    const visit = visitWith(result, dy ? read(dy) : result);
    visitWinners(info, read(x), read(filter), visit);
    return { dataId: host.write(result, shape, x.dtype), shape, dtype: x.dtype };
  };
}

function visitWinners(info: Info, x: Values, filter: Values, visit: Visit): void {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, padInfo } = info;
  const outputs = batchSize * outHeight * outWidth;
  for (let place = 0; place < outputs; place++) {
    const line = Math.floor(place / outWidth);
    const top = (line % outHeight) * info.strideHeight - padInfo.top;
    const left = (place % outWidth) * info.strideWidth - padInfo.left;
    const image = Math.floor(line / outHeight) * inHeight;
    for (let channel = 0; channel < inChannels; channel++) {
      let best = Number.NEGATIVE_INFINITY;
      let pixel = -1;
      let winner = -1;
      for (let i = 0; i < info.filterHeight; i++) {
        const row = top + i * info.dilationHeight;
        if (row < 0 || row >= inHeight) continue;
        for (let j = 0; j < info.filterWidth; j++) {
          const column = left + j * info.dilationWidth;
          if (column < 0 || column >= inWidth) continue;
          const at = ((image + row) * inWidth + column) * inChannels + channel;
          const tap = (i * info.filterWidth + j) * inChannels + channel;
          const value = x[at]! + filter[tap]!;
          // NaN wins, and nothing wins over it.
          if (pixel >= 0 && (value <= best || Number.isNaN(best))) continue;
          best = value;
          pixel = at;
          winner = tap;
        }
      }
      if (pixel >= 0) visit(place * inChannels + channel, best, pixel, winner);
    }
  }
}
