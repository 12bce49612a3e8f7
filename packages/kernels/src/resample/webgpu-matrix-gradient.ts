import type { TensorInfo } from '@tensorflow/tfjs-core';
import { elementwise, runProgram } from '../webgpu/program.js';
import { tiledProduct } from '../webgpu/tiled-product.js';
import { integers } from '../webgpu/uniform.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';
import { resampleMatrixGradientKernel } from './contract.js';
import { alongHeight, type Operator, operatorOf, release, widened } from './webgpu.js';

/** WGSL of `contractRows`: positions along the rows (m, n), and of a term of the sum (k). */
const PLACES_OF_ROWS = `
        fn placeM(index : i32) -> vec4<i32> { return vec4<i32>(index); }
        fn placeN(index : i32) -> vec4<i32> { return vec4<i32>(index); }
        fn placeK(index : i32) -> vec4<i32> {
          return vec4<i32>(index / uniforms.after, index % uniforms.after, 0, 0);
        }`;

/**
 * Sums `left[n, a, q, c] · right[n, b, q, c]` over samples, columns and channels, as one tiled
 * product: [a, b].
 */
function contractRows(backend: WebGpuBackend, left: TensorInfo, right: TensorInfo): TensorInfo {
  const [batch, m, width, channels] = left.shape as [number, number, number, number];
  const n = right.shape[1]!;
  const after = width * channels;
  const factor = (input: string, size: string) =>
    ({
      input,
      runs: 'deep',
      at: `return (term.x * uniforms.${size} + line.x) * uniforms.after + term.y;`,
      inQuads: after % 4 === 0,
    }) as const;
  return tiledProduct(
    backend,
    {
      name: 'contract-rows',
      inputs: ['left', 'right'],
      halves: ['right'],
      outputShape: [m, n],
      m,
      n,
      k: batch * after,
      uniforms: 'after : i32,',
      places: PLACES_OF_ROWS,
      a: factor('left', 'sizeM'),
      b: factor('right', 'sizeN'),
    },
    [left, right],
    [integers(after)],
  );
}

/** WGSL of `contractColumns`: positions along the columns (m, n), and of a term of the sum (k). */
const PLACES_OF_COLUMNS = `
        fn placeM(index : i32) -> vec4<i32> { return vec4<i32>(index * uniforms.channels); }
        fn placeN(index : i32) -> vec4<i32> {
          let row = select(0, uniforms.rows, index >= uniforms.width);
          return vec4<i32>((row * uniforms.width + index % uniforms.width) * uniforms.channels);
        }
        fn placeK(index : i32) -> vec4<i32> {
          let line = index / uniforms.channels;
          let top = line / uniforms.rows * uniforms.terms * uniforms.rows + line % uniforms.rows;
          let channel = index % uniforms.channels;
          return vec4<i32>(
            line * uniforms.sizeM * uniforms.channels + channel,
            top * uniforms.width * uniforms.channels + channel, 0, 0);
        }`;

/**
 * Sums `dy[n, p, a, c] · both[n, term · h + p, b, c]` over samples, rows and channels, for each
 * term, as one tiled product: [a, terms · W].
 */
function contractColumns(
  backend: WebGpuBackend,
  { h, w, W, terms }: Operator,
  dy: TensorInfo,
  both: TensorInfo,
): TensorInfo {
  const [batch, , , channels] = dy.shape as [number, number, number, number];
  const inQuads = channels % 4 === 0;
  return tiledProduct(
    backend,
    {
      name: 'contract-columns',
      inputs: ['dy', 'both'],
      outputShape: [w, terms * W],
      m: w,
      n: terms * W,
      k: batch * h * channels,
      uniforms: 'rows : i32, terms : i32, width : i32, channels : i32,',
      places: PLACES_OF_COLUMNS,
      a: { input: 'dy', runs: 'deep', at: 'return term.x + line.x;', inQuads },
      b: { input: 'both', runs: 'deep', at: 'return term.y + line.x;', inQuads },
    },
    [dy, both],
    [h, terms, W, channels].map((size) => integers(size)),
  );
}

/**
 * Four tiled products, and a pass that packs their results. Each sum runs over the batch:
 *
 *     u = dy · columns,  v = −dy · skewColumns        (along the width)
 *     d rows = Σ u xᵀ,   d synthesis = (Σ v xᵀ) · analysisᵀ
 *     z = rows · x,      s = −skewRows · x            (along the height)
 *     d columns = Σ dyᵀ z,  d skewColumns = Σ dyᵀ s
 */
export const resampleMatrixGradientOnWebGpu = resampleMatrixGradientKernel.on(
  (gpu: WebGpuBackend, { x, dy, ...operands }, attributes) => {
    const operator = operatorOf(gpu, operands, attributes);
    const wide = widened(gpu, operator, dy);
    const rows = contractRows(gpu, wide, x);
    gpu.disposeData(wide.dataId);
    const low = alongHeight(gpu, operator, x, { isTransposed: false });
    const columns = contractColumns(gpu, operator, dy, low);
    gpu.disposeData(low.dataId);
    const packed = pack(gpu, operator, operands.analysis, rows, columns);
    gpu.disposeData(rows.dataId);
    gpu.disposeData(columns.dataId);
    release(gpu, operator);
    return packed;
  },
);

/** WGSL: copies the gradients of rows, columns and skewColumns. */
const COPY_GRADIENTS = `
      if (index < uniforms.ends.x) { result[index] = rows[index]; return; }
      let isSkew = index >= uniforms.ends.z;
      if (index < uniforms.ends.y || isSkew) {
        let at = index - select(uniforms.ends.x, uniforms.ends.z, isSkew);
        let line = at / uniforms.width * uniforms.terms + select(0, 1, isSkew);
        result[index] = columns[line * uniforms.width + at % uniforms.width];
        return;
      }
      let at = index - uniforms.ends.y;`;

/** WGSL: computes the gradient of the synthesis, d skewRows · analysisᵀ. */
const SYNTHESIS_GRADIENT = `
      let first = uniforms.ends.x + at / uniforms.rank * uniforms.inner;
      let r = at % uniforms.rank;
      var sum = 0.0;
      for (var p = 0; p < uniforms.inner; p++) {
        sum += rows[first + p] * analysis[r * uniforms.inner + p];
      }
      result[index] = sum;`;

/** WGSL: copies the gradient of skewRows. */
const COPY_SKEW_ROWS = 'result[index] = rows[uniforms.ends.x + at];';

/**
 * Packs the gradients in the order of `matrices`, in one pass without workgroup memory: each
 * invocation writes one value. With an `analysis`, it computes the gradient of the synthesis.
 */
function pack(
  backend: WebGpuBackend,
  { h, H, w, W, rank, terms, matrices }: Operator,
  analysis: TensorInfo | undefined,
  rows: TensorInfo,
  columns: TensorInfo,
): TensorInfo {
  const pass = elementwise({
    name: 'resample-pack',
    constants: `${analysis !== undefined}`,
    inputs: ['rows', 'columns', ...(analysis ? ['analysis'] : [])],
    outputShape: matrices.shape,
    uniforms: 'ends : vec3<i32>, terms : i32, width : i32, rank : i32, inner : i32,',
    body: COPY_GRADIENTS + (analysis ? SYNTHESIS_GRADIENT : COPY_SKEW_ROWS),
  });
  const operands = analysis ? [rows, columns, analysis] : [rows, columns];
  return runProgram(backend, pass, operands, 'float32', [
    integers(h * H, h * H + w * W, h * H + w * W + h * rank),
    ...[terms, W, rank, H].map((size) => integers(size)),
  ]);
}
