import type { TensorInfo } from '@tensorflow/tfjs-core';
import { elementwise, runProgram } from '../webgpu/program.js';
import { tiledProduct } from '../webgpu/tiled-product.js';
import { integers } from '../webgpu/uniform.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';
import {
  type ResampleAttributes,
  resampleInputGradientKernel,
  resampleKernel,
} from './contract.js';

/**
 * Sizes and matrices of `y = rows · x · columnsᵀ − skewRows · x · skewColumnsᵀ`. The second term
 * exists only if `terms` is 2.
 */
export interface Operator {
  h: number;
  H: number;
  w: number;
  W: number;
  terms: 1 | 2;
  /**
   * The rank of skewRows = synthesis · analysis, or H if `matrices` holds skewRows itself.
   */
  rank: number;
  /**
   * rows, columns, synthesis and skewColumns, one after the other. If dense, it holds skewRows
   * where it would hold the synthesis.
   */
  matrices: TensorInfo;
  /** rows at 0 and skewRows at `skewRowsAt`, both [h, H]. */
  down: TensorInfo;
  skewRowsAt: number;
  analysis: TensorInfo | null;
}

/** The tensors that hold the matrices. */
export interface Operands {
  matrices: TensorInfo;
  analysis?: TensorInfo;
}

/** WGSL: copies rows, and computes skewRows = synthesis · analysis. */
const MATRICES_ALONG_HEIGHT = `
      if (index < uniforms.rows) { result[index] = matrices[index]; return; }
      let row = (index - uniforms.rows) / uniforms.inner;
      let column = index % uniforms.inner;
      var sum = 0.0;
      for (var r = 0; r < uniforms.rank; r++) {
        sum += matrices[uniforms.offset + row * uniforms.rank + r]
          * analysis[r * uniforms.inner + column];
      }
      result[index] = sum;`;

/**
 * Returns the operator of a kernel's inputs. With an `analysis` it computes skewRows, in one pass
 * without workgroup memory: each invocation computes one value. Call {@link release} when the
 * operator is no longer needed.
 */
export function operatorOf(
  backend: WebGpuBackend,
  { matrices, analysis }: Operands,
  { rows, columns, isDense = false }: ResampleAttributes,
): Operator {
  const [[h, H], [w, W]] = [rows, columns];
  const rank = isDense ? H : (analysis?.shape[0] ?? 0);
  const terms = rank > 0 ? 2 : 1;
  const operator = { h, H, w, W, rank, terms, matrices, down: matrices, analysis: null } as const;
  if (!analysis) return { ...operator, skewRowsAt: h * H + w * W };
  const pass = elementwise({
    name: 'resample-down',
    inputs: ['matrices', 'analysis'],
    outputShape: [2, h, H],
    uniforms: 'rows : i32, offset : i32, rank : i32, inner : i32,',
    body: MATRICES_ALONG_HEIGHT,
  });
  const sizes = [h * H, h * H + w * W, rank, H].map((size) => integers(size));
  const down = runProgram(backend, pass, [matrices, analysis], 'float32', sizes);
  return { ...operator, down, skewRowsAt: h * H, analysis };
}

/** Disposes of the tensor that {@link operatorOf} may have made. */
export function release(backend: WebGpuBackend, { down, matrices }: Operator): void {
  if (down !== matrices) backend.disposeData(down.dataId);
}

/** Whether a product multiplies by the transposed matrices. */
interface Direction {
  isTransposed: boolean;
}

/**
 * WGSL of `alongHeight`: the positions of a row of the matrices (m), of a column of x (n) and of a
 * term of the sum (k).
 */
const PLACES_ALONG_HEIGHT = `
        fn placeM(index : i32) -> vec4<i32> {
          let row = index % uniforms.outer;
          return vec4<i32>(
            select(0, uniforms.skewAt, index >= uniforms.outer) + row * uniforms.steps.x);
        }
        fn placeN(index : i32) -> vec4<i32> {
          let sample = index / uniforms.after;
          return vec4<i32>(sample * uniforms.inner * uniforms.after + index % uniforms.after);
        }
        fn placeK(index : i32) -> vec4<i32> {
          return vec4<i32>(index * uniforms.steps.y, index * uniforms.after, 0, 0);
        }`;

/**
 * Computes `[rows · x, −skewRows · x]` along the height, with transposed matrices if asked, as one
 * tiled product: [N, H, W, C] → [N, terms · h, W, C].
 */
export function alongHeight(
  backend: WebGpuBackend,
  { h, H, terms, down, skewRowsAt }: Operator,
  x: TensorInfo,
  { isTransposed }: Direction,
): TensorInfo {
  const [batch, inner, width, channels] = x.shape as [number, number, number, number];
  const outer = isTransposed ? H : h;
  const after = width * channels;
  return tiledProduct(
    backend,
    {
      name: 'along-height',
      inputs: ['M', 'x'],
      halves: ['x'],
      outputShape: [batch, terms * outer, width, channels],
      m: terms * outer,
      n: batch * after,
      k: inner,
      uniforms: 'outer : i32, inner : i32, after : i32, skewAt : i32, steps : vec2<i32>,',
      places: PLACES_ALONG_HEIGHT,
      a: {
        input: 'M',
        runs: isTransposed ? 'across' : 'deep',
        at: 'return line.x + term.x;',
        inQuads: false,
      },
      b: { input: 'x', runs: 'across', at: 'return line.x + term.y;', inQuads: after % 4 === 0 },
      to: {
        m: 'return m * uniforms.after;',
        n: 'return n / uniforms.after * uniforms.sizeM * uniforms.after + n % uniforms.after;',
      },
      negative: 'm >= uniforms.outer',
    },
    [down, x],
    [
      integers(outer),
      integers(inner),
      integers(after),
      integers(skewRowsAt),
      isTransposed ? integers(1, H) : integers(H, 1),
    ],
  );
}

/** The positions of columns and skewColumns in `matrices`. */
const columnsAt = ({ h, H, w, W, rank }: Operator) => integers(h * H, h * H + w * W + h * rank);

/**
 * WGSL of `alongWidth`: the positions of a row of the matrices (m), of a line and channel of `both`
 * (n) and of a term of the sum (k). The terms of skewColumns follow those of columns.
 */
const PLACES_ALONG_WIDTH = `
        fn placeM(index : i32) -> vec4<i32> { return vec4<i32>(index * uniforms.steps.x); }
        fn placeN(index : i32) -> vec4<i32> {
          let line = index / uniforms.channels;
          let top = line / uniforms.rows * uniforms.terms * uniforms.rows + line % uniforms.rows;
          return vec4<i32>(top * uniforms.inner * uniforms.channels + index % uniforms.channels);
        }
        fn placeK(index : i32) -> vec4<i32> {
          let isSkew = index >= uniforms.inner;
          let column = index % uniforms.inner;
          let at = select(uniforms.columnsAt.x, uniforms.columnsAt.y, isSkew);
          let row = select(0, uniforms.rows, isSkew);
          return vec4<i32>(
            at + column * uniforms.steps.y,
            (row * uniforms.inner + column) * uniforms.channels, 0, 0);
        }`;

/**
 * Computes `u · columnsᵀ + v · skewColumnsᵀ` along the width, with transposed matrices if asked, as
 * one tiled product. `both` is [u, v] from {@link alongHeight}. Shapes: [N, terms · h, W, C] →
 * [N, h, w, C].
 */
function alongWidth(
  backend: WebGpuBackend,
  operator: Operator,
  both: TensorInfo,
  { isTransposed }: Direction,
): TensorInfo {
  const { w, W, terms } = operator;
  const [batch, stacked, inner, channels] = both.shape as [number, number, number, number];
  const rows = stacked / terms;
  const outer = isTransposed ? W : w;
  return tiledProduct(
    backend,
    {
      name: 'along-width',
      inputs: ['M', 'x'],
      outputShape: [batch, rows, outer, channels],
      m: outer,
      n: batch * rows * channels,
      k: terms * inner,
      uniforms:
        'rows : i32, terms : i32, inner : i32, channels : i32, ' +
        'columnsAt : vec2<i32>, steps : vec2<i32>,',
      places: PLACES_ALONG_WIDTH,
      a: {
        input: 'M',
        runs: isTransposed ? 'across' : 'deep',
        at: 'return line.x + term.x;',
        inQuads: false,
      },
      b: { input: 'x', runs: 'across', at: 'return line.x + term.y;', inQuads: channels % 4 === 0 },
      to: {
        m: 'return m * uniforms.channels;',
        n: `return n / uniforms.channels * uniforms.sizeM * uniforms.channels
          + n % uniforms.channels;`,
      },
    },
    [operator.matrices, both],
    [
      ...[rows, terms, inner, channels].map((size) => integers(size)),
      columnsAt(operator),
      isTransposed ? integers(1, W) : integers(W, 1),
    ],
  );
}

/**
 * WGSL of `widened`: the positions of a column of the matrices (m), of a line and channel of dy (n)
 * and of a term of the sum (k).
 */
const PLACES_WIDENED = `
        fn placeM(index : i32) -> vec4<i32> {
          let at = select(uniforms.columnsAt.x, uniforms.columnsAt.y, index >= uniforms.outer);
          return vec4<i32>(at + index % uniforms.outer);
        }
        fn placeN(index : i32) -> vec4<i32> {
          let line = index / uniforms.channels;
          return vec4<i32>(line * uniforms.inner * uniforms.channels + index % uniforms.channels);
        }
        fn placeK(index : i32) -> vec4<i32> {
          return vec4<i32>(index * uniforms.outer, index * uniforms.channels, 0, 0);
        }`;

/**
 * Computes `[dy · columns, −dy · skewColumns]` as one tiled product: [N, h, w, C] →
 * [N, terms · h, W, C].
 */
export function widened(backend: WebGpuBackend, operator: Operator, dy: TensorInfo): TensorInfo {
  const { W, terms } = operator;
  const [batch, rows, inner, channels] = dy.shape as [number, number, number, number];
  return tiledProduct(
    backend,
    {
      name: 'widened',
      inputs: ['M', 'dy'],
      outputShape: [batch, terms * rows, W, channels],
      m: terms * W,
      n: batch * rows * channels,
      k: inner,
      uniforms:
        'rows : i32, terms : i32, inner : i32, outer : i32, channels : i32, columnsAt : vec2<i32>,',
      places: PLACES_WIDENED,
      a: { input: 'M', runs: 'across', at: 'return line.x + term.x;', inQuads: false },
      b: {
        input: 'dy',
        runs: 'across',
        at: 'return line.x + term.y;',
        inQuads: channels % 4 === 0,
      },
      to: {
        m: `
          let top = select(0, uniforms.rows, m >= uniforms.outer);
          return (top * uniforms.outer + m % uniforms.outer) * uniforms.channels;`,
        n: `
          let line = n / uniforms.channels;
          let row = line / uniforms.rows * uniforms.terms * uniforms.rows + line % uniforms.rows;
          return row * uniforms.outer * uniforms.channels + n % uniforms.channels;`,
      },
      negative: 'm >= uniforms.outer',
    },
    [operator.matrices, dy],
    [...[rows, terms, inner, W, channels].map((size) => integers(size)), columnsAt(operator)],
  );
}

/**
 * Runs both products, first along the height, then along the width. The transposed matrices compute
 * dx from dy.
 */
function apply(
  backend: WebGpuBackend,
  operator: Operator,
  x: TensorInfo,
  direction: Direction,
): TensorInfo {
  const both = alongHeight(backend, operator, x, direction);
  const y = alongWidth(backend, operator, both, direction);
  backend.disposeData(both.dataId);
  return y;
}

/**
 * Two tiled products: along the height, then along the width. See `tiledProduct` for workgroups and
 * passes.
 */
export function resampled(
  backend: WebGpuBackend,
  x: TensorInfo,
  operands: Operands,
  attributes: ResampleAttributes,
): TensorInfo {
  const operator = operatorOf(backend, operands, attributes);
  const y = apply(backend, operator, x, { isTransposed: false });
  release(backend, operator);
  return y;
}

/** {@link resampled} as a kernel. */
export const resampleOnWebGpu = resampleKernel.on(
  (backend: WebGpuBackend, { x, ...operands }, attributes) =>
    resampled(backend, x, operands, attributes),
);

/** The same with transposed matrices. */
export const resampleInputGradientOnWebGpu = resampleInputGradientKernel.on(
  (backend: WebGpuBackend, { dy, ...operands }, attributes) => {
    const operator = operatorOf(backend, operands, attributes);
    const dx = apply(backend, operator, dy, { isTransposed: true });
    release(backend, operator);
    return dx;
  },
);
