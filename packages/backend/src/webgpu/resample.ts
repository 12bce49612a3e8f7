import type { NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../replaced-kernels.js';
import { elementwise, program } from './program.js';
import { integers } from './uniform.js';
import type { WebGpuBackend } from './webgpu-backend.js';

/** Values that a workgroup keeps between the two products: 16 KiB, which every device has. */
const KEPT = 4096;
/** Invocations of a workgroup. */
const THREADS = 128;
/** Columns of the result that an invocation sums at a time. */
const COLUMNS = 4;

const run = (backend: WebGpuBackend, ...args: Parameters<WebGpuBackend['runWebGPUProgram']>) =>
  backend.runWebGPUProgram(...args);

/** Sizes and matrices of `y = rows · x · columnsᵀ − skewRows · x · skewColumnsᵀ`, the second term only with a rank. */
export interface Operator {
  h: number;
  H: number;
  w: number;
  W: number;
  rank: number;
  /** rows, columns, synthesis and skewColumns end to end; dense, skewRows in place of the synthesis. */
  matrices: TensorInfo;
  /** synthesis · analysis, [h, H], from an offset on. */
  skewRows: TensorInfo | null;
  skewRowsAt: number;
  analysis: TensorInfo | null;
}

/** What the poolings of this package's own say of their matrices: skewRows is there as it is, and no analysis. */
export interface DenseAttrs {
  rows: [number, number];
  columns: [number, number];
  isDense?: boolean;
}

/** The operator of a kernel's inputs; to be released. */
export function operatorOf(
  backend: WebGpuBackend,
  matrices: TensorInfo,
  analysis: TensorInfo | undefined,
  attrs: NamedAttrMap,
): Operator {
  const { rows, columns, isDense = false } = attrs as unknown as DenseAttrs;
  const [[h, H], [w, W]] = [rows, columns];
  const rank = isDense ? H : (analysis?.shape[0] ?? 0);
  const sizes = { h, H, w, W, rank, matrices, analysis: null };
  if (isDense) return { ...sizes, skewRows: matrices, skewRowsAt: h * H + w * W };
  const operator: Operator = { ...sizes, skewRows: null, skewRowsAt: 0 };
  if (!analysis) return operator;
  const pass = elementwise({
    name: 'resample-skew-rows',
    inputs: ['matrices', 'analysis'],
    outputShape: [h, H],
    uniforms: 'offset : i32, rank : i32, inner : i32,',
    body: `
      let row = index / uniforms.inner;
      let column = index % uniforms.inner;
      var sum = 0.0;
      for (var r = 0; r < uniforms.rank; r++) {
        sum += matrices[uniforms.offset + row * uniforms.rank + r] * analysis[r * uniforms.inner + column];
      }
      result[index] = sum;`,
  });
  const skewRows = run(backend, pass, [matrices, analysis], 'float32', [
    integers(h * H + w * W),
    integers(rank),
    integers(H),
  ]);
  return { ...operator, skewRows, analysis };
}

export function release(backend: WebGpuBackend, { skewRows, matrices }: Operator): void {
  if (skewRows && skewRows !== matrices) backend.disposeData(skewRows.dataId);
}

/** Where columns and skewColumns begin in the packed matrices. */
export const offsetsOf = ({ h, H, w, W, rank }: Operator) => [h * H, h * H + w * W + h * rank];

/**
 * Both products of an image's channels in one workgroup: first some rows of the result from all of the image's, which it keeps in its own
 * memory, then their columns. With `isAdjoint` from dy to dx, which only exchanges the matrices' indices.
 */
function apply(
  backend: WebGpuBackend,
  operator: Operator,
  x: TensorInfo,
  isAdjoint: boolean,
): TensorInfo {
  const { h, H, w, W, skewRows } = operator;
  const [batch, , , channels] = x.shape as [number, number, number, number];
  const [outRows, inRows] = isAdjoint ? [H, h] : [h, H];
  const [outColumns, inColumns] = isAdjoint ? [W, w] : [w, W];
  const terms = skewRows ? 2 : 1;
  // Channels side by side first, so that neighbours read neighbours; then as many rows as there is room for.
  const group = Math.max(1, Math.min(channels, 8, Math.floor(KEPT / (terms * inColumns))));
  const lines = Math.min(outRows, 8, Math.floor(KEPT / (terms * inColumns * group)));
  if (lines < 1) return unfused(backend, operator, x, isAdjoint);
  const blocks = Math.ceil(outRows / lines);
  const groups = Math.ceil(channels / group);
  const inputs = skewRows ? ['x', 'matrices', 'skewRows'] : ['x', 'matrices'];
  const kept = (term: number) =>
    term === 0 ? '' : ' + uniforms.lines * uniforms.inColumns * uniforms.group';
  const pass = program({
    name: 'resample',
    constants: `${terms}`,
    inputs,
    outputShape: [batch, outRows, outColumns, channels],
    uniforms:
      'outRows : i32, inRows : i32, outColumns : i32, inColumns : i32, channels : i32, group : i32, lines : i32, blocks : i32, ' +
      'groups : i32, batch : i32, rowSteps : vec2<i32>, columnSteps : vec2<i32>, offsets : vec3<i32>,',
    workgroups: batch * groups * blocks,
    threads: THREADS,
    declarations: `var<workgroup> kept : array<f32, ${KEPT}>;`,
    body: `
      let block = group % uniforms.blocks;
      let first = (group / uniforms.blocks) % uniforms.groups * uniforms.group;
      let sample = group / (uniforms.blocks * uniforms.groups);
      let row0 = block * uniforms.lines;
      let width = uniforms.inColumns * uniforms.group;
      let isThere = sample < uniforms.batch;
      for (var e = i32(localIndex); e < uniforms.lines * width; e += ${THREADS}) {
        let row = row0 + e / width;
        let channel = first + e % uniforms.group;
        let column = (e % width) / uniforms.group;
        var sum = 0.0;
        ${terms === 2 ? 'var skew = 0.0;' : ''}
        if (isThere && row < uniforms.outRows && channel < uniforms.channels) {
          var at = (sample * uniforms.inRows * uniforms.inColumns + column) * uniforms.channels + channel;
          var m = row * uniforms.rowSteps.x;
          for (var p = 0; p < uniforms.inRows; p++) {
            let value = x[at];
            sum += matrices[m] * value;
            ${terms === 2 ? 'skew += skewRows[uniforms.offsets.z + m] * value;' : ''}
            at += uniforms.inColumns * uniforms.channels;
            m += uniforms.rowSteps.y;
          }
        }
        kept[e] = sum;
        ${terms === 2 ? `kept[e${kept(1)}] = skew;` : ''}
      }
      workgroupBarrier();
      let wide = (uniforms.outColumns + ${COLUMNS - 1}) / ${COLUMNS};
      for (var e = i32(localIndex); e < uniforms.lines * wide * uniforms.group; e += ${THREADS}) {
        let channel = e % uniforms.group;
        let column = (e / uniforms.group) % wide * ${COLUMNS};
        let line = e / (uniforms.group * wide);
        let row = row0 + line;
        var sum = vec4<f32>(0.0);
        for (var q = 0; q < uniforms.inColumns; q++) {
          let at = line * width + q * uniforms.group + channel;
          let m = uniforms.offsets.x + column * uniforms.columnSteps.x + q * uniforms.columnSteps.y;
          let step = uniforms.columnSteps.x;
          sum += kept[at] * vec4<f32>(matrices[m], matrices[m + step], matrices[m + 2 * step], matrices[m + 3 * step]);
          ${
            terms === 2
              ? `
          let skewOf = m - uniforms.offsets.x + uniforms.offsets.y;
          sum -= kept[at${kept(1)}] *
            vec4<f32>(matrices[skewOf], matrices[skewOf + step], matrices[skewOf + 2 * step], matrices[skewOf + 3 * step]);`
              : ''
          }
        }
        if (isThere && row < uniforms.outRows && first + channel < uniforms.channels) {
          for (var j = 0; j < ${COLUMNS}; j++) {
            if (column + j < uniforms.outColumns) {
              let to = (sample * uniforms.outRows + row) * uniforms.outColumns + column + j;
              result[to * uniforms.channels + first + channel] = sum[j];
            }
          }
        }
      }`,
  });
  const operands = skewRows ? [x, operator.matrices, skewRows] : [x, operator.matrices];
  return run(backend, pass, operands, 'float32', [
    ...[outRows, inRows, outColumns, inColumns, channels, group, lines, blocks, groups, batch].map(
      (size) => integers(size),
    ),
    isAdjoint ? integers(1, H) : integers(H, 1),
    isAdjoint ? integers(1, W) : integers(W, 1),
    integers(...offsetsOf(operator), operator.skewRowsAt),
  ]);
}

/** One of the products that make a resampling: along the rows or the columns of x, with a matrix among the packed ones or of its own. */
interface Along {
  axis: 'rows' | 'columns';
  matrix: TensorInfo;
  offset: number;
  /** Sizes of the matrix as it lies, and whether it is read transposed. */
  size: [number, number];
  isTransposed: boolean;
  /** Taken from this, instead of from 0: `from − matrix · x`. */
  from?: TensorInfo;
}

export function along(backend: WebGpuBackend, x: TensorInfo, spec: Along): TensorInfo {
  const { axis, matrix, offset, size, isTransposed, from } = spec;
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const outer = isTransposed ? size[1] : size[0];
  const inner = isTransposed ? size[0] : size[1];
  const outputShape =
    axis === 'rows' ? [batch, outer, width, channels] : [batch, height, outer, channels];
  // Both are products of the middle axis of [before, inner, after].
  const after = axis === 'rows' ? width * channels : channels;
  const pass = elementwise({
    name: 'along',
    constants: from ? 'from' : '',
    inputs: from ? ['x', 'M', 'other'] : ['x', 'M'],
    halves: ['x'],
    outputShape,
    uniforms: 'offset : i32, outer : i32, inner : i32, after : i32, steps : vec2<i32>,',
    body: `
      let behind = index % uniforms.after;
      let line = (index / uniforms.after) % uniforms.outer;
      let before = index / (uniforms.after * uniforms.outer);
      var at = before * uniforms.inner * uniforms.after + behind;
      var m = uniforms.offset + line * uniforms.steps.x;
      var sum = 0.0;
      for (var k = 0; k < uniforms.inner; k++) {
        sum += M[m] * x_at(at);
        m += uniforms.steps.y;
        at += uniforms.after;
      }
      result[index] = ${from ? 'other[index] - sum' : 'sum'};`,
  });
  return run(backend, pass, from ? [x, matrix, from] : [x, matrix], 'float32', [
    integers(offset),
    integers(outer),
    integers(inner),
    integers(after),
    isTransposed ? integers(1, size[1]) : integers(size[1], 1),
  ]);
}

/** The same one product after the other, where a row of an image is too wide for a workgroup's memory. */
function unfused(
  backend: WebGpuBackend,
  operator: Operator,
  x: TensorInfo,
  isTransposed: boolean,
): TensorInfo {
  const { h, H, w, W, matrices, skewRows } = operator;
  const [columnsAt, skewColumnsAt] = offsetsOf(operator) as [number, number];
  const columns = { axis: 'columns', matrix: matrices, size: [w, W], isTransposed } as const;
  const inner = along(backend, x, {
    axis: 'rows',
    matrix: matrices,
    offset: 0,
    size: [h, H],
    isTransposed,
  });
  const y = along(backend, inner, { ...columns, size: [w, W], offset: columnsAt });
  backend.disposeData(inner.dataId);
  if (!skewRows) return y;
  const skew = along(backend, x, {
    axis: 'rows',
    matrix: skewRows,
    offset: operator.skewRowsAt,
    size: [h, H],
    isTransposed,
  });
  const both = along(backend, skew, { ...columns, size: [w, W], offset: skewColumnsAt, from: y });
  backend.disposeData(skew.dataId);
  backend.disposeData(y.dataId);
  return both;
}

/**
 * `y = rows · x · columnsᵀ − synthesis · (analysis · x · skewColumnsᵀ)` of every image and channel; see the kernel of this name for
 * wasm. No use is made of symmetry: the products are bound by what they read.
 */
export const resampleKernel: BackendKernel = {
  kernelName: 'Resample',
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const gpu = backend as WebGpuBackend;
      const [x, matrices, analysis] = inputs as unknown as [TensorInfo, TensorInfo, TensorInfo?];
      const operator = operatorOf(gpu, matrices, analysis, attrs!);
      const y = apply(gpu, operator, x, false);
      release(gpu, operator);
      return y;
    },
};

/** Its gradient in x, from dy. */
export const resampleInputGradKernel: BackendKernel = {
  kernelName: 'ResampleInputGrad',
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const gpu = backend as WebGpuBackend;
      const { dy, matrices, analysis } = inputs as Record<string, TensorInfo>;
      const operator = operatorOf(gpu, matrices!, analysis, attrs!);
      const dx = apply(gpu, operator, dy!, true);
      release(gpu, operator);
      return dx;
    },
};
