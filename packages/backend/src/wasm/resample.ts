import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../replaced-kernels.js';
import { type KernelModule, kernelModule, type WasmBackend } from './kernel-module.js';
import { ALIGNMENT, PANEL, tableFloats } from './panel.js';

/** Floats between rows of scratch in `assembly/resample.ts`. */
const GAP = 16;
/** Columns that `assembly/resample-gradient.ts` sums at a time. */
const CHUNK = 128;
/** Floats aside in which `multiplyFolded` makes its last columns. */
const ASIDE = 8;

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

/** Lays tables out one behind the other, from `start` on. */
class Tables {
  constructor(
    private readonly module: KernelModule,
    public end: number,
  ) {}

  /** The table of a matrix; folded, of its first rows. Nothing for no matrix. */
  add(matrix: Matrix | null, isFolded: boolean, isWhole: boolean, scale = 1): number {
    const at = this.end;
    if (!matrix) return at;
    const { address, rows, columns, isTransposed } = matrix;
    const count = isFolded && !isWhole ? (rows >> 1) + 1 : rows;
    const rowStep = isTransposed ? 4 : 4 * columns;
    const columnStep = isTransposed ? 4 * rows : 4;
    this.module.kernels.prepareMatrix(
      address,
      rowStep,
      columnStep,
      count,
      columns,
      isFolded ? 1 : 0,
      scale,
      at,
    );
    this.end += 4 * tableFloats(count, columns);
    return at;
  }
}

/** Floats of all tables of an operator, none folded, also transposed. */
function allTableFloats(operator: Operator): number {
  const { rows, columns, synthesis, analysis, skewColumns } = operator;
  return [rows, columns, synthesis, analysis, skewColumns].reduce((total, matrix) => {
    if (!matrix) return total;
    const larger = Math.max(matrix.rows, matrix.columns);
    return total + tableFloats(larger, Math.min(matrix.rows, matrix.columns)) + 3 * larger;
  }, 0);
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
  const [lines, midLine, innerLine] = rowsFirst ? [h, W, w] : [H, w, W];
  const working =
    (lines + rank) * (midLine * channels + GAP) +
    rank * (innerLine * channels + GAP) +
    PANEL * Math.max(H, W, rank) +
    ASIDE +
    2 * ALIGNMENT;
  const tables = new Tables(module, module.scratch(allTableFloats(operator) + working));
  const addresses = [
    tables.add(rows, isFolded, false),
    tables.add(columns, isFolded, false),
    tables.add(operator.analysis, isFolded && rowsFirst, true),
    tables.add(operator.skewColumns, isFolded, false),
    tables.add(operator.synthesis, false, true, -1),
  ];
  const kernel = rowsFirst ? 'resampleRowsFirst' : 'resampleColumnsFirst';
  module.kernels[kernel](
    module.address(x),
    module.address(y),
    ...addresses,
    tables.end,
    batch,
    H,
    W,
    channels,
    h,
    w,
    rank,
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
      const working =
        (2 * h + rank) * (W * channels + GAP) +
        2 * rank * (w * channels + GAP) +
        h * H +
        2 * w * W +
        h * rank +
        CHUNK * (Math.max(h, w) + Math.max(H, W, rank)) +
        PANEL * Math.max(H, W, h, w) +
        ASIDE +
        2 * ALIGNMENT;
      const tables = new Tables(module, module.scratch(allTableFloats(operator) + working));
      const addresses = [
        tables.add(rows, isFolded, false),
        tables.add(transposed(columns), isFolded, false),
        tables.add(operator.analysis, isFolded, true),
        tables.add(skewColumns, isFolded, false),
        tables.add(transposed(synthesis), false, true, -1),
      ];
      module.kernels.resampleMatrixGradients(
        module.address(x),
        module.address(dy),
        ...addresses,
        ...targets,
        tables.end,
        batch,
        H,
        W,
        channels,
        h,
        w,
        rank,
        isFolded ? 1 : 0,
      );
      return gradient;
    },
};
