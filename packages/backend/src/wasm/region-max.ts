import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../replaced-kernels.js';
import { kernelModule, type WasmBackend } from './kernel-module.js';

/** First and one past the last index of each region along an axis, in pairs. */
export interface Regions {
  rows: Int32Array;
  columns: Int32Array;
}

type Sizes = [number, number, number, number];

/** The maximum over rectangles of an NHWC image: `[N, H, W, C]` → `[N, rows, columns, C]`. */
export const regionMaxKernel: BackendKernel = {
  kernelName: 'RegionMax',
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const { x } = inputs as { x: TensorInfo };
      const { rows, columns } = attrs as unknown as Regions;
      const [batch, height, width, channels] = x.shape as Sizes;
      const [outRows, outColumns] = [rows.length / 2, columns.length / 2];
      const shape = [batch, outRows, outColumns, channels];
      const y = (backend as WasmBackend).makeOutput(shape, 'float32');
      const { kernels, address, tables } = kernelModule(backend)!;
      const lists = tables(rows, columns);
      const sizes = [batch, height, width, channels, outRows, outColumns];
      kernels.regionMax(address(x), address(y), ...lists, ...sizes);
      return y;
    },
};

/** Its gradient in x, which goes to the first maximum of each region. */
export const regionMaxGradKernel: BackendKernel = {
  kernelName: 'RegionMaxGrad',
  make:
    () =>
    ({ inputs, attrs, backend }) =>
      regionMaxGrad(
        backend as WasmBackend,
        inputs as Record<'dy' | 'x', TensorInfo>,
        attrs as unknown as Regions,
      ),
};

export function regionMaxGrad(
  backend: WasmBackend,
  { dy, x }: Record<'dy' | 'x', TensorInfo>,
  { rows, columns }: Regions,
): TensorInfo {
  const [batch, height, width, channels] = x.shape as Sizes;
  const dx = backend.makeOutput(x.shape, 'float32');
  const { kernels, address, tables } = kernelModule(backend)!;
  const lists = tables(rows, columns);
  const sizes = [batch, height, width, channels, rows.length / 2, columns.length / 2];
  kernels.regionMaxGradient(address(x), address(dy), address(dx), ...lists, ...sizes);
  return dx;
}
