import {
  ResizeNearestNeighborGrad,
  type ResizeNearestNeighborGradAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';

/** Above this factor, tfjs rounds the place of some pixels to their neighbours. */
const MOST = 40;

type Inputs = Record<'images' | 'dy', TensorInfo>;

/**
 * Gradient of `tf.image.resizeNearestNeighbor` by whole factors, as of `upSampling2d`: each pixel
 * gets the sum of its copies. tfjs's kernel looks up the pixel of each value. It keeps other sizes.
 */
export const resizeNearestGradientOnWasm: BackendKernel<Inputs, ResizeNearestNeighborGradAttrs> = {
  kernelName: ResizeNearestNeighborGrad,
  make: (original) => (args) => {
    const { images, dy } = args.inputs;
    const module = kernelModule(args.backend);
    const [batch, rows, columns, channels] = images.shape as [number, number, number, number];
    const [, outRows, outColumns] = dy.shape as [number, number, number, number];
    const factors = [outRows / rows, outColumns / columns];
    const isWhole = factors.every((factor) => Number.isInteger(factor) && factor <= MOST);
    const isPlain = dy.dtype === 'float32' && !args.attrs.alignCorners;
    if (!module || !isWhole || !isPlain || images.shape.includes(0)) return original!(args);
    const dx = (args.backend as WasmBackend).makeOutput(images.shape, 'float32');
    module.kernels.blockSums({
      x: module.address(dy),
      y: module.address(dx),
      rows: batch * rows,
      columns,
      height: outRows / rows,
      width: outColumns / columns,
      channels,
    });
    return dx;
  },
};
