import type { TensorInfo } from '@tensorflow/tfjs-core';
import { adjoint, apply, operatorOf } from '../resample/wasm.js';
import { type KernelModule, kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import {
  type DiffStrideAttributes,
  diffStrideGradientKernel,
  diffStrideInputGradientKernel,
  diffStrideKernel,
} from './contract.js';
import { type PoolingAtStrides, poolingAtStrides } from './pooling-matrices.js';

/** The latest matrices of a call. Its gradients have the same attributes, and reuse them. */
const latest = new WeakMap<DiffStrideAttributes, { values: number[]; made: PoolingAtStrides }>();

function poolingOf(
  module: KernelModule,
  strides: TensorInfo,
  attributes: DiffStrideAttributes,
): PoolingAtStrides {
  const values = [...module.values(strides)];
  const known = latest.get(attributes);
  if (known?.values.every((value, i) => value === values[i])) return known.made;
  const made = poolingAtStrides(values, attributes);
  latest.set(attributes, { values, made });
  return made;
}

/** Runs `use` with lists in the backend's memory, which it frees afterwards. */
function withLists<Result>(
  module: KernelModule,
  backend: WasmBackend,
  lists: Float32Array[],
  use: (tensors: TensorInfo[]) => Result,
): Result {
  const tensors: TensorInfo[] = [];
  try {
    for (const list of lists) {
      const tensor = backend.makeOutput([list.length], 'float32');
      tensors.push(tensor);
      module.values(tensor).set(list);
    }
    return use(tensors);
  } finally {
    for (const { dataId } of tensors) backend.disposeData(dataId);
  }
}

function pool(
  backend: WasmBackend,
  x: TensorInfo,
  strides: TensorInfo,
  attributes: DiffStrideAttributes,
  isAdjoint: boolean,
): TensorInfo {
  const module = kernelModule(backend)!;
  const { matrices, analysis, rank } = poolingOf(module, strides, attributes);
  const { rows, columns } = attributes;
  const form = {
    rows: [rows.outputSize, rows.inputSize] as const,
    columns: [columns.outputSize, columns.inputSize] as const,
    isSymmetric: true,
  };
  return withLists(module, backend, [matrices, analysis], ([all, waves]) => {
    const operands = {
      matrices: all!,
      ...(rank > 0 && { analysis: { ...waves!, shape: [rank, rows.inputSize] } }),
    };
    const operator = operatorOf(module, operands, form);
    return apply(module, backend, isAdjoint ? adjoint(operator) : operator, x);
  });
}

export const diffStrideOnWasm = diffStrideKernel.on(
  (backend: WasmBackend, { x, strides }, attributes) =>
    pool(backend, x, strides, attributes, false),
);

export const diffStrideInputGradientOnWasm = diffStrideInputGradientKernel.on(
  (backend: WasmBackend, { dy, strides }, attributes) =>
    pool(backend, dy, strides, attributes, true),
);

export const diffStrideGradientOnWasm = diffStrideGradientKernel.on(
  (backend: WasmBackend, { x, dy, strides }, attributes) => {
    const module = kernelModule(backend)!;
    const { kernels, address, scratch } = module;
    const { matrices, gradient } = poolingOf(module, strides, attributes);
    const { rows, columns } = attributes;
    const lists = {
      rows: matrices.subarray(0, rows.outputSize * rows.inputSize),
      columns: matrices
        .subarray(rows.outputSize * rows.inputSize)
        .subarray(0, columns.outputSize * columns.inputSize),
      skewColumns: gradient.skewColumns,
      rowInputWaves: gradient.rows.input,
      rowOutputWaves: gradient.rows.output,
      rowSlopes: gradient.rowSlopes,
      rowSkewSlopes: gradient.rowSkewSlopes,
      rowSkews: gradient.rowSkews,
      columnInputWaves: gradient.columns.input,
      columnOutputWaves: gradient.columns.output,
      columnSlopes: gradient.columnSlopes,
      halves: new Float32Array(4),
    };
    const names = Object.keys(lists) as (keyof typeof lists)[];
    return withLists(module, backend, Object.values(lists), (tensors) => {
      const at = Object.fromEntries(names.map((name, i) => [name, address(tensors[i]!)])) as Record<
        keyof typeof lists,
        number
      >;
      const sizes = {
        batch: x.shape[0]!,
        inHeight: rows.inputSize,
        inWidth: columns.inputSize,
        channels: x.shape[3]!,
        outHeight: rows.outputSize,
        outWidth: columns.outputSize,
        rowBins: gradient.rows.count,
        columnBins: gradient.columns.count,
        skewed: gradient.skewed,
        isSkew: gradient.skewColumns.length > 0,
      };
      const space = scratch(kernels.diffStrideGradientScratch(sizes));
      kernels.diffStrideGradient({
        x: address(x),
        dy: address(dy),
        ...at,
        scratch: space,
        ...sizes,
      });
      const halves = module.values(tensors.at(-1)!);
      const both = new Float64Array(halves.slice().buffer);
      const result = backend.makeOutput([2], 'float32');
      module.values(result).set(both.map((half, axis) => half * gradient.halfSlopes[axis]!));
      return result;
    });
  },
);
