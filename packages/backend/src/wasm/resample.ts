import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../replaced-kernels.js';
import { type KernelModule, kernelModule, type WasmBackend } from './kernel-module.js';

/** A row-major matrix in tfjs's memory, perhaps read transposed. */
interface Matrix {
  address: number;
  rows: number;
  columns: number;
  isTransposed: boolean;
}

/** `y = rows · x · columnsᵀ − synthesis · (analysis · x · skewColumnsᵀ)`, the second term absent with rank 0. */
interface Operator {
  rows: Matrix;
  columns: Matrix;
  rank: number;
  synthesis: Matrix | null;
  analysis: Matrix | null;
  skewColumns: Matrix | null;
  /** Whether rows and columns are symmetric and skewColumns antisymmetric, of which use is made. */
  isFolded: boolean;
}

type Inputs = Record<string, TensorInfo | undefined>;

/** From `matrices`, which holds rows, columns, synthesis and skewColumns end to end, and perhaps `analysis`. */
function operatorOf({ address }: KernelModule, inputs: Inputs, attrs: NamedAttrMap): Operator {
  const { rows, columns, isSymmetric } = attrs as unknown as {
    rows: [number, number];
    columns: [number, number];
    isSymmetric: boolean;
  };
  let at = address(inputs.matrices!);
  const next = ([m, k]: [number, number]): Matrix => {
    const matrix = { address: at, rows: m, columns: k, isTransposed: false };
    at += 4 * m * k;
    return matrix;
  };
  const { analysis } = inputs;
  const rank = analysis?.shape[0] ?? 0;
  return {
    rows: next(rows),
    columns: next(columns),
    rank,
    isFolded: isSymmetric,
    ...(analysis
      ? {
          synthesis: next([rows[0], rank]),
          skewColumns: next(columns),
          analysis: {
            address: address(analysis),
            rows: rank,
            columns: rows[1],
            isTransposed: false,
          },
        }
      : { synthesis: null, skewColumns: null, analysis: null }),
  };
}

function transposed<M extends Matrix | null>(matrix: M): M {
  if (!matrix) return matrix;
  const { address, rows, columns, isTransposed } = matrix;
  return { address, rows: columns, columns: rows, isTransposed: !isTransposed } as M;
}

/** The operator that takes dy to dx. */
function adjoint(operator: Operator): Operator {
  return {
    ...operator,
    rows: transposed(operator.rows),
    columns: transposed(operator.columns),
    synthesis: transposed(operator.analysis),
    analysis: transposed(operator.synthesis),
    skewColumns: transposed(operator.skewColumns),
  };
}

/** A matrix of which `prepareMatrix` makes a table for a kernel. */
interface Table {
  matrix: Matrix | null;
  /** Whether its columns are folded. */
  isFolded: boolean;
  /** Whether all rows are needed, even if the matrix is folded. */
  isWhole: boolean;
  scale: number;
}

/** Describes a table. Without a matrix there is no table, and it takes no space. */
function table(matrix: Matrix | null, isFolded: boolean, isWhole: boolean, scale = 1): Table {
  return { matrix, isFolded, isWhole, scale };
}

/**
 * Makes tables in scratch space, one behind the other. Returns their addresses, and the address of
 * `working` floats behind them.
 */
function prepared(
  { kernels, scratch }: KernelModule,
  tables: Table[],
  working: number,
): { addresses: number[]; end: number } {
  const rowsOf = ({ matrix, isFolded, isWhole }: Table) =>
    isFolded && !isWhole ? kernels.evenCount(matrix!.rows) : matrix!.rows;
  const floats = tables.map((each) =>
    each.matrix ? kernels.tableFloats(rowsOf(each), each.matrix.columns) : 0,
  );
  let end = scratch(floats.reduce((total, one) => total + one, working));
  const addresses = tables.map((each, i) => {
    const at = end;
    if (!each.matrix) return at;
    const { address, rows, columns, isTransposed } = each.matrix;
    const rowStep = isTransposed ? 4 : 4 * columns;
    const columnStep = isTransposed ? 4 * rows : 4;
    const isFolded = each.isFolded ? 1 : 0;
    const sizes = [rowStep, columnStep, rowsOf(each), columns, isFolded, each.scale];
    kernels.prepareMatrix(address, ...sizes, at);
    end += 4 * floats[i]!;
    return at;
  });
  return { addresses, end };
}

/** Multiplications by rows and columns a channel, in either order; the same with a smaller half-way size wins. */
function isRowsFirst({ rows, columns }: Operator): boolean {
  const [h, H, w, W] = [rows.rows, rows.columns, columns.rows, columns.columns];
  const rowsFirst = h * W * (H + w);
  const columnsFirst = H * w * (W + h);
  return rowsFirst === columnsFirst ? h * W <= H * w : rowsFirst < columnsFirst;
}

function apply(
  module: KernelModule,
  backend: WasmBackend,
  operator: Operator,
  x: TensorInfo,
): TensorInfo {
  const { rows, columns, rank, isFolded } = operator;
  const [batch, , , channels] = x.shape as [number, number, number, number];
  const [h, H, w, W] = [rows.rows, rows.columns, columns.rows, columns.columns];
  const y = backend.makeOutput([batch, h, w, channels], 'float32');
  const rowsFirst = isRowsFirst(operator);
  const sizes = [H, W, channels, h, w, rank];
  const { kernels } = module;
  const { addresses, end } = prepared(
    module,
    [
      table(rows, isFolded, false),
      table(columns, isFolded, false),
      table(operator.analysis, isFolded && rowsFirst, true),
      table(operator.skewColumns, isFolded, false),
      table(operator.synthesis, false, true, -1),
    ],
    rowsFirst
      ? kernels.resampleRowsFirstScratch(...sizes)
      : kernels.resampleColumnsFirstScratch(H, W, channels, w, rank),
  );
  const kernel = rowsFirst ? 'resampleRowsFirst' : 'resampleColumnsFirst';
  kernels[kernel](
    module.address(x),
    module.address(y),
    ...addresses,
    end,
    batch,
    ...sizes,
    isFolded ? 1 : 0,
  );
  return y;
}

/**
 * `y = rows · x · columnsᵀ − synthesis · (analysis · x · skewColumnsᵀ)` of every image and channel, the heavy step of the
 * spectral poolings of `@ds/layers`; without an `analysis` the first term alone. Attributes: the shapes of `rows` and
 * `columns`, and `isSymmetric`, whether both have the symmetry `a[−i, −p] = a[i, p]` and skewColumns its opposite, which
 * halves the work. Inputs: the list x, matrices and perhaps analysis, `matrices` being rows, columns, synthesis and
 * skewColumns end to end.
 */
export const resampleKernel: BackendKernel = {
  kernelName: 'Resample',
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const module = kernelModule(backend)!;
      const [x, matrices, analysis] = inputs as unknown as [TensorInfo, TensorInfo, TensorInfo?];
      const operator = operatorOf(module, { matrices, analysis }, attrs!);
      return apply(module, backend as WasmBackend, operator, x);
    },
};

/** Its gradient in x, from dy. */
export const resampleInputGradKernel: BackendKernel = {
  kernelName: 'ResampleInputGrad',
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const module = kernelModule(backend)!;
      const operator = adjoint(operatorOf(module, inputs as Inputs, attrs!));
      return apply(module, backend as WasmBackend, operator, inputs.dy!);
    },
};

/** Its gradient in `matrices`, from x and dy; of symmetric ones the part that has their symmetry. */
export const resampleMatrixGradKernel: BackendKernel = {
  kernelName: 'ResampleMatrixGrad',
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const module = kernelModule(backend)!;
      const operator = operatorOf(module, inputs as Inputs, attrs!);
      const { x, dy } = inputs as Record<'x' | 'dy', TensorInfo>;
      const { rows, columns, rank, synthesis, skewColumns, isFolded } = operator;
      const [batch, H, W, channels] = x.shape as [number, number, number, number];
      const [h, w] = [rows.rows, columns.rows];
      const gradient = (backend as WasmBackend).makeOutput(inputs.matrices!.shape, 'float32');
      let at = module.address(gradient);
      const targets = [h * H, w * W, h * rank, w * W].map((floats) => {
        const target = at;
        at += 4 * floats;
        return target;
      });
      const sizes = [H, W, channels, h, w, rank];
      const { addresses, end } = prepared(
        module,
        [
          table(rows, isFolded, false),
          table(transposed(columns), isFolded, false),
          table(operator.analysis, isFolded, true),
          table(skewColumns, isFolded, false),
          table(transposed(synthesis), false, true, -1),
        ],
        module.kernels.resampleMatrixGradientsScratch(...sizes),
      );
      module.kernels.resampleMatrixGradients(
        module.address(x),
        module.address(dy),
        ...addresses,
        ...targets,
        end,
        batch,
        ...sizes,
        isFolded ? 1 : 0,
      );
      return gradient;
    },
};
