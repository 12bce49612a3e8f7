import { Kernel } from '@ds/kernels';
import type { BackendKernel } from '@ds/kernels/tfjs';
import {
  eye,
  getBackend,
  type KernelBackend,
  matMul,
  ResizeBilinear,
  ResizeBilinearGrad,
  ResizeNearestNeighbor,
  ResizeNearestNeighborGrad,
  reshape,
  type Tensor,
  type Tensor3D,
  type TensorInfo,
  tidy,
  util,
} from '@tensorflow/tfjs-core';
import { replaceGradient } from '../replacements/gradients.js';
import { registerKernels } from '../replacements/kernels.js';
import { OWN_KERNELS, type Repair } from './repair.js';

/** The attributes of both ops. tfjs's gradients get them too. */
interface ResizeAttributes {
  alignCorners: boolean;
  halfPixelCenters: boolean;
  size: [number, number];
}

/** The transpose of the interpolation, for all of its options. */
export const resizeGradients: Repair = {
  name: 'gradients of ResizeBilinear, ResizeNearestNeighbor',
  wrong:
    'ignores halfPixelCenters; hangs or returns 0 where alignCorners enlarges one pixel; on cpu ' +
    'nearest neighbours mix up the images of a batch, and bilinear gradients exchange the sides',
  backends: OWN_KERNELS,
  changes: [
    'gradient ResizeBilinear',
    'gradient ResizeNearestNeighbor',
    'kernel cpu/ResizeBilinearGrad',
    'kernel cpu/ResizeNearestNeighborGrad',
  ],
  install: (backend) => {
    if (backend === 'cpu') registerKernels('cpu', [inTheShapeOfImages, nearestGradient]);
    for (const op of [ResizeBilinear, ResizeNearestNeighbor]) {
      replaceGradient<ResizeAttributes>(op, (original) => (dy, saved, attrs) => {
        const [images] = saved as [Tensor];
        const isRight = getBackend() === 'tensorflow' || isPlain(images.shape, attrs);
        if (isRight) return original.gradFunc(dy, saved, attrs);
        return { images: () => transposed(op, dy as Tensor, images.shape, attrs) };
      });
    }
  },
};

/** Whether tfjs's gradient knows the places of all pixels. */
function isPlain([, ...sides]: number[], { alignCorners, ...others }: ResizeAttributes): boolean {
  const isOneEnlarged = others.size.some((size, axis) => size > 1 && sides[axis] === 1);
  return !others.halfPixelCenters && !(alignCorners && isOneEnlarged);
}

/** `Rᵀ dy C`, where R and C are the matrices of the op along the height and the width. */
function transposed(op: string, dy: Tensor, shape: number[], attrs: ResizeAttributes): Tensor {
  return tidy(() => {
    const [batch, height, width, channels] = shape as [number, number, number, number];
    const [h, w] = attrs.size;
    const rows = matrixOf(op, height, h, attrs);
    const columns = matrixOf(op, width, w, attrs);
    const along = (matrix: Tensor3D, x: Tensor, lines: [number, number, number]) =>
      matMul(matrix, reshape(x, lines), true);
    const y = along(rows, dy, [batch, h, w * channels]);
    return reshape(along(columns, y, [batch * height, w, channels]), shape);
  });
}

/** The matrix [1, outputs, inputs] of the op along one axis: what it makes of unit vectors. */
function matrixOf(
  op: string,
  inputs: number,
  outputs: number,
  { alignCorners, halfPixelCenters }: ResizeAttributes,
): Tensor3D {
  const kernel = new Kernel<{ images: Tensor }, ResizeAttributes, Tensor>(op);
  const images = reshape(eye(inputs), [1, inputs, 1, inputs]);
  const size: [number, number] = [outputs, 1];
  const lines = kernel.run({ images }, { alignCorners, halfPixelCenters, size });
  return reshape(lines, [1, outputs, inputs]);
}

/** The values of tfjs's kernel are right. Its shape has the width before the height. */
const inTheShapeOfImages: BackendKernel<Record<'dy' | 'images', TensorInfo>, ResizeAttributes> = {
  kernelName: ResizeBilinearGrad,
  isWrapper: true,
  make: (original) => (args) => {
    const gradient = original!(args) as TensorInfo;
    return { ...gradient, shape: args.inputs.images.shape };
  },
};

/** Adds each value to the pixel that it was copied from. */
const nearestGradient: BackendKernel<Record<'dy' | 'images', TensorInfo>, ResizeAttributes> = {
  kernelName: ResizeNearestNeighborGrad,
  make: () => (args) => {
    const { images, dy } = args.inputs;
    const host = args.backend as KernelBackend;
    const [batch, height, width, channels] = images.shape as [number, number, number, number];
    const [, h, w] = dy.shape as [number, number, number, number];
    const values = host.readSync(dy.dataId) as Float32Array;
    const sums = new Float32Array(util.sizeFromShape(images.shape));
    const rows = Array.from({ length: h }, (_, i) => sourceOf(i, height, h, args.attrs));
    const columns = Array.from({ length: w }, (_, j) => sourceOf(j, width, w, args.attrs));
    let from = 0;
    for (let n = 0; n < batch; n++) {
      for (const row of rows) {
        const line = (n * height + row) * width;
        for (const column of columns) {
          const to = (line + column) * channels;
          for (let c = 0; c < channels; c++) sums[to + c]! += values[from++]!;
        }
      }
    }
    return {
      dataId: host.write(sums, images.shape, 'float32'),
      shape: images.shape,
      dtype: 'float32',
    };
  },
};

/** The pixel that tfjs copies to an output, along one axis. */
function sourceOf(
  output: number,
  inputs: number,
  outputs: number,
  { alignCorners, halfPixelCenters }: ResizeAttributes,
): number {
  const gap = alignCorners && outputs > 1 ? 1 : 0;
  const scale = (inputs - gap) / (outputs - gap);
  const place = scale * (halfPixelCenters ? output + 0.5 : output);
  const pixel = alignCorners ? Math.round(place) : Math.floor(place);
  return Math.max(0, Math.min(inputs - 1, pixel));
}
