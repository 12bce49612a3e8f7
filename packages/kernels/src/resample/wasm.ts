import type { TensorInfo } from '@tensorflow/tfjs-core';
import { type KernelModule, kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import {
  type ResampleAttributes,
  resampleInputGradientKernel,
  resampleKernel,
  resampleMatrixGradientKernel,
} from './contract.js';

/** A row-major matrix in tfjs's memory. It may be read transposed. */
interface Matrix {
  address: number;
  rows: number;
  columns: number;
  isTransposed: boolean;
}

/**
 * `y = rows · x · columnsᵀ − synthesis · (analysis · x · skewColumnsᵀ)`. With rank 0
 * there is no second term.
 */
interface Operator {
  rows: Matrix;
  columns: Matrix;
  rank: number;
  synthesis: Matrix | null;
  analysis: Matrix | null;
  skewColumns: Matrix | null;
  /** Whether rows and columns are symmetric and skewColumns antisymmetric. This halves the work. */
  isFolded: boolean;
}

interface Operands {
  matrices: TensorInfo;
  analysis?: TensorInfo;
}

/** Finds the matrices in the tensor that holds all of them. */
export function operatorOf(
  { address }: KernelModule,
  { matrices, analysis }: Operands,
  { rows, columns, isSymmetric }: ResampleAttributes,
): Operator {
  let at = address(matrices);
  const next = ([m, k]: readonly [number, number]): Matrix => {
    const matrix = { address: at, rows: m, columns: k, isTransposed: false };
    at += 4 * m * k;
    return matrix;
  };
  const operator = { rows: next(rows), columns: next(columns), isFolded: isSymmetric };
  if (!analysis) {
    return { ...operator, rank: 0, synthesis: null, skewColumns: null, analysis: null };
  }
  const rank = analysis.shape[0]!;
  return {
    ...operator,
    rank,
    synthesis: next([rows[0], rank]),
    skewColumns: next(columns),
    analysis: { address: address(analysis), rows: rank, columns: rows[1], isTransposed: false },
  };
}

function transposed<M extends Matrix | null>(matrix: M): M {
  if (!matrix) return matrix;
  const { address, rows, columns, isTransposed } = matrix;
  return { address, rows: columns, columns: rows, isTransposed: !isTransposed } as M;
}

/** The operator from dy to dx. */
export function adjoint(operator: Operator): Operator {
  return {
    ...operator,
    rows: transposed(operator.rows),
    columns: transposed(operator.columns),
    synthesis: transposed(operator.analysis),
    analysis: transposed(operator.synthesis),
    skewColumns: transposed(operator.skewColumns),
  };
}

/** A matrix that `prepareMatrix` converts to a table for a kernel. */
interface Table {
  matrix: Matrix | null;
  /** Whether its columns are folded. */
  isFolded: boolean;
  /** Whether the kernel needs all rows of a folded matrix. */
  isWhole: boolean;
  scale: number;
}

/** Describes a table. Without a matrix, the table is empty. */
function table(matrix: Matrix | null, isFolded: boolean, isWhole: boolean, scale = 1): Table {
  return { matrix, isFolded, isWhole, scale };
}

/** The tables of a kernel, by the names of its arguments. */
type Tables<Names extends string> = Record<Names, Table>;

/**
 * Writes tables to scratch space, one after the other. Returns their addresses, and the address of
 * the `working` floats after them.
 */
function prepared<Names extends string>(
  { kernels, scratch }: KernelModule,
  tables: Tables<Names>,
  working: number,
): Record<Names, number> & { scratch: number } {
  const names = Object.keys(tables) as Names[];
  const rowsOf = ({ matrix, isFolded, isWhole }: Table) =>
    isFolded && !isWhole ? kernels.evenCount({ n: matrix!.rows }) : matrix!.rows;
  const floatsOf = (table: Table) =>
    table.matrix ? kernels.tableFloats({ m: rowsOf(table), k: table.matrix.columns }) : 0;
  let end = scratch(names.reduce((total, name) => total + floatsOf(tables[name]), working));
  const addresses = {} as Record<Names, number>;
  for (const name of names) {
    const table = tables[name];
    addresses[name] = end;
    if (!table.matrix) continue;
    const { address, rows, columns, isTransposed } = table.matrix;
    kernels.prepareMatrix({
      a: address,
      rowStep: isTransposed ? 4 : 4 * columns,
      columnStep: isTransposed ? 4 * rows : 4,
      m: rowsOf(table),
      k: columns,
      isFolded: table.isFolded,
      scale: table.scale,
      table: end,
    });
    end += 4 * floatsOf(table);
  }
  return { ...addresses, scratch: end };
}

/**
 * Whether rows first needs fewer multiplications per channel. If both orders need the same, it
 * chooses the smaller intermediate image.
 */
function isRowsFirst({ rows, columns }: Operator): boolean {
  const [h, H, w, W] = [rows.rows, rows.columns, columns.rows, columns.columns];
  const rowsFirst = h * W * (H + w);
  const columnsFirst = H * w * (W + h);
  return rowsFirst === columnsFirst ? h * W <= H * w : rowsFirst < columnsFirst;
}

/** The sizes of a call, with the argument names of the kernels. */
function sizesOf({ rows, columns, rank }: Operator, { shape }: TensorInfo) {
  return {
    batch: shape[0]!,
    inHeight: rows.columns,
    inWidth: columns.columns,
    channels: shape[3]!,
    outHeight: rows.rows,
    outWidth: columns.rows,
    rank,
  };
}

export function apply(
  module: KernelModule,
  backend: WasmBackend,
  operator: Operator,
  x: TensorInfo,
): TensorInfo {
  const { isFolded } = operator;
  const { kernels, address } = module;
  const sizes = sizesOf(operator, x);
  const shape = [sizes.batch, sizes.outHeight, sizes.outWidth, sizes.channels];
  const y = backend.makeOutput(shape, 'float32');
  const rowsFirst = isRowsFirst(operator);
  const working = rowsFirst
    ? kernels.resampleRowsFirstScratch(sizes)
    : kernels.resampleColumnsFirstScratch(sizes);
  const tables = prepared(
    module,
    {
      rows: table(operator.rows, isFolded, false),
      columns: table(operator.columns, isFolded, false),
      analysis: table(operator.analysis, isFolded && rowsFirst, true),
      skewColumns: table(operator.skewColumns, isFolded, false),
      synthesis: table(operator.synthesis, false, true, -1),
    },
    working,
  );
  const given = { x: address(x), y: address(y), ...tables, ...sizes, isFolded };
  if (rowsFirst) kernels.resampleRowsFirst(given);
  else kernels.resampleColumnsFirst(given);
  return y;
}

export const resampleOnWasm = resampleKernel.on(
  (backend: WasmBackend, { x, ...operands }, attributes) => {
    const module = kernelModule(backend)!;
    return apply(module, backend, operatorOf(module, operands, attributes), x);
  },
);

export const resampleInputGradientOnWasm = resampleInputGradientKernel.on(
  (backend: WasmBackend, { dy, ...operands }, attributes) => {
    const module = kernelModule(backend)!;
    return apply(module, backend, adjoint(operatorOf(module, operands, attributes)), dy);
  },
);

/** For symmetric matrices, it returns the part of the gradient with their symmetry. */
export const resampleMatrixGradientOnWasm = resampleMatrixGradientKernel.on(
  (backend: WasmBackend, { x, dy, ...operands }, attributes) => {
    const module = kernelModule(backend)!;
    const { kernels, address } = module;
    const operator = operatorOf(module, operands, attributes);
    const { rows, columns, synthesis, skewColumns, isFolded } = operator;
    const sizes = sizesOf(operator, x);
    const { inHeight, inWidth, outHeight, outWidth, rank } = sizes;
    const gradient = backend.makeOutput(operands.matrices.shape, 'float32');
    const dRows = address(gradient);
    const dColumns = dRows + 4 * outHeight * inHeight;
    const dSynthesis = dColumns + 4 * outWidth * inWidth;
    const dSkewColumns = dSynthesis + 4 * outHeight * rank;
    const tables = prepared(
      module,
      {
        rows: table(rows, isFolded, false),
        columnsTransposed: table(transposed(columns), isFolded, false),
        analysis: table(operator.analysis, isFolded, true),
        skewColumns: table(skewColumns, isFolded, false),
        synthesisTransposed: table(transposed(synthesis), false, true, -1),
      },
      kernels.resampleMatrixGradientsScratch(sizes),
    );
    kernels.resampleMatrixGradients({
      x: address(x),
      dy: address(dy),
      ...tables,
      ...{ dRows, dColumns, dSynthesis, dSkewColumns },
      ...sizes,
      isFolded,
    });
    return gradient;
  },
);
