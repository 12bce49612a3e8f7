import type { TensorInfo } from '@tensorflow/tfjs-core';
import { kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import { type RegionTable, regionMaxGradientKernel, regionMaxKernel } from './contract.js';

export const regionMaxOnWasm = regionMaxKernel.on((backend: WasmBackend, { x }, table) =>
  regionMaximum(backend, x, table),
);

/** Maxima over rectangles. Max pooling calls it too. */
export function regionMaximum(backend: WasmBackend, x: TensorInfo, table: RegionTable): TensorInfo {
  const sizes = sizesOf(x, table);
  const { batch, outRows, outColumns, channels } = sizes;
  const y = backend.makeOutput([batch, outRows, outColumns, channels], 'float32');
  const { kernels, address, tables } = kernelModule(backend)!;
  const lists = tables({ rows: table.rows, columns: table.columns });
  kernels.regionMax({ x: address(x), y: address(y), ...lists, ...sizes });
  return y;
}

export const regionMaxGradientOnWasm = regionMaxGradientKernel.on(regionMaxGradient);

/** Gradient of the maximum over rectangles. The gradient of max pooling calls it too. */
export function regionMaxGradient(
  backend: WasmBackend,
  { dy, x }: Record<'dy' | 'x', TensorInfo>,
  table: RegionTable,
): TensorInfo {
  const dx = backend.makeOutput(x.shape, 'float32');
  const { kernels, address, tables } = kernelModule(backend)!;
  const lists = tables({ rows: table.rows, columns: table.columns });
  const addresses = { x: address(x), dy: address(dy), dx: address(dx) };
  kernels.regionMaxGradient({ ...addresses, ...lists, ...sizesOf(x, table) });
  return dx;
}

function sizesOf({ shape }: TensorInfo, { rows, columns }: RegionTable) {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  return {
    batch,
    height,
    width,
    channels,
    outRows: rows.length / 2,
    outColumns: columns.length / 2,
  };
}
