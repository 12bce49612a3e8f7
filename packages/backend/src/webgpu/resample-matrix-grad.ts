import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../replaced-kernels.js';
import { elementwise } from './program.js';
import { along, type Operator, offsetsOf, operatorOf, release } from './resample.js';
import { tiledProduct } from './tiled-product.js';
import { integers } from './uniform.js';
import type { WebGpuBackend } from './webgpu-backend.js';

/**
 * `Σ left[…, a, …] · right[…, b, …]` over all other axes, [a, b]: of the rows, or of the columns, of two batches of images that agree
 * elsewhere. It is a gradient in a matrix along that axis.
 */
function contract(
  backend: WebGpuBackend,
  axis: 'rows' | 'columns',
  left: TensorInfo,
  right: TensorInfo,
): TensorInfo {
  const at = axis === 'rows' ? 1 : 2;
  const [m, n] = [left.shape[at]!, right.shape[at]!];
  const after = util.sizeFromShape(left.shape.slice(at + 1));
  const before = util.sizeFromShape(left.shape.slice(0, at));
  const factor = (name: string, input: string, size: string, order: string) => `
    fn ${name}(${order}) -> f32 {
      return ${input}_at(((k / uniforms.after) * uniforms.${size} + line) * uniforms.after + k % uniforms.after);
    }`;
  return tiledProduct(
    backend,
    {
      name: 'contract',
      inputs: ['left', 'right'],
      halves: ['left', 'right'],
      outputShape: [m, n],
      m,
      n,
      k: before * after,
      uniforms: 'after : i32, leftSize : i32, rightSize : i32,',
      factors:
        factor('factorA', 'left', 'leftSize', 'line : i32, k : i32') +
        factor('factorB', 'right', 'rightSize', 'k : i32, line : i32'),
      aRuns: 'k',
      bRuns: 'k',
    },
    [left, right],
    [integers(after), integers(m), integers(n)],
  );
}

/**
 * Its gradient in `matrices`, from x and dy. With u = dy · columns and v = dy · skewColumns along the width, z = rows · x and s = skewRows · x
 * along the height: d rows = Σ u xᵀ, d columns = Σ dyᵀ z, d synthesis = −(Σ v xᵀ) · analysisᵀ, d skewColumns = −Σ dyᵀ s.
 */
export const resampleMatrixGradKernel: BackendKernel = {
  kernelName: 'ResampleMatrixGrad',
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const gpu = backend as WebGpuBackend;
      const { x, dy, matrices, analysis } = inputs as Record<string, TensorInfo>;
      const operator = operatorOf(gpu, matrices!, analysis, attrs!);
      const { h, H, w, W, skewRows } = operator;
      const [columnsAt, skewColumnsAt] = offsetsOf(operator) as [number, number];
      const parts: TensorInfo[] = [];
      const gradient = (axis: 'rows' | 'columns', left: TensorInfo, right: TensorInfo) => {
        parts.push(contract(gpu, axis, left, right));
      };
      const widened = (offset: number) =>
        along(gpu, dy!, {
          axis: 'columns',
          matrix: matrices!,
          offset,
          size: [w, W],
          isTransposed: true,
        });
      const lowered = (matrix: TensorInfo, offset: number) =>
        along(gpu, x!, { axis: 'rows', matrix, offset, size: [h, H], isTransposed: false });
      const inner = [widened(columnsAt), lowered(matrices!, 0)];
      gradient('rows', inner[0]!, x!);
      gradient('columns', dy!, inner[1]!);
      if (skewRows) {
        inner.push(widened(skewColumnsAt), lowered(skewRows, operator.skewRowsAt));
        gradient('rows', inner[2]!, x!);
        gradient('columns', dy!, inner[3]!);
      }
      const packed = pack(gpu, operator, analysis, parts);
      for (const { dataId } of [...inner, ...parts]) gpu.disposeData(dataId);
      release(gpu, operator);
      return packed;
    },
};

/** The gradients of the matrices in the order of `matrices`, that of skewRows on its factor where it has one. */
function pack(
  backend: WebGpuBackend,
  { h, H, w, W, rank, matrices }: Operator,
  analysis: TensorInfo | undefined,
  parts: TensorInfo[],
): TensorInfo {
  const isSkew = parts.length > 2;
  const skew = analysis
    ? `
      let row = (index - uniforms.ends.y) / uniforms.rank;
      let r = (index - uniforms.ends.y) % uniforms.rank;
      var sum = 0.0;
      for (var p = 0; p < uniforms.inner; p++) {
        sum += skewRows[row * uniforms.inner + p] * analysis[r * uniforms.inner + p];
      }
      result[index] = -sum;`
    : 'result[index] = -skewRows[index - uniforms.ends.y];';
  const pass = elementwise({
    name: 'resample-pack',
    constants: `${isSkew} ${analysis !== undefined}`,
    inputs: [
      'rows',
      'columns',
      ...(isSkew ? ['skewRows', 'skewColumns'] : []),
      ...(analysis ? ['analysis'] : []),
    ],
    outputShape: matrices.shape,
    uniforms: 'ends : vec3<i32>, rank : i32, inner : i32,',
    body: `
      if (index < uniforms.ends.x) { result[index] = rows[index]; return; }
      if (index < uniforms.ends.y) { result[index] = columns[index - uniforms.ends.x]; return; }
      ${
        isSkew
          ? `
      if (index >= uniforms.ends.z) { result[index] = -skewColumns[index - uniforms.ends.z]; return; }
      ${skew}`
          : ''
      }`,
  });
  return backend.runWebGPUProgram(pass, analysis ? [...parts, analysis] : parts, 'float32', [
    integers(h * H, h * H + w * W, h * H + w * W + h * rank),
    integers(rank),
    integers(H),
  ]);
}
