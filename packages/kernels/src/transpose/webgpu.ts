import { type TensorInfo, Transpose, type TransposeAttrs, util } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { elementwise, runProgram } from '../webgpu/program.js';
import { stridedPlace } from '../webgpu/strided-place.js';
import { integers } from '../webgpu/uniform.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';

/** WGSL: copies a value from its position in x, found axis by axis from the last to the first. */
const copyAlong = (axes: number[]) => `
        var rest = index;
        var source = 0;
        ${stridedPlace(axes.map((axis) => `axis${axis}`))}
        result[index] = x[source];`;

/** Whether tfjs's own programs are right: for floats, and for the transpose of a matrix. */
function isRightInTfjs({ dtype, shape }: TensorInfo, perm: number[]): boolean {
  const isWhole = dtype === 'int32' || dtype === 'bool';
  const isOfMatrix = shape.length === 2 && perm[0] === 1;
  return !isWhole || isOfMatrix || util.sizeFromShape(shape) === 0;
}

/**
 * Reorders the axes of integers and booleans. One pass without workgroup memory: each invocation
 * copies one value. Other tensors, and transposes of matrices, run on tfjs's programs.
 */
export const transposeOnWebGpu: BackendKernel<{ x: TensorInfo }, TransposeAttrs> = {
  kernelName: Transpose,
  make: (original) => (args) => {
    const { x } = args.inputs;
    const { perm } = args.attrs;
    if (isRightInTfjs(x, perm)) return original!(args);
    const outputShape = perm.map((axis) => x.shape[axis]!);
    const steps = util.computeStrides([...x.shape, 1]);
    const axes = perm.map((_, axis) => axis).reverse();
    const pass = elementwise({
      name: 'transpose',
      inputs: ['x'],
      outputShape,
      uniforms: axes.map((axis) => `axis${axis} : vec2<i32>,`).join(' '),
      constants: `${x.dtype}-${perm.length}`,
      body: copyAlong(axes),
    });
    const sides = axes.map((axis) => integers(outputShape[axis]!, steps[perm[axis]!]!));
    return runProgram(args.backend as WebGpuBackend, pass, [x], x.dtype, sides);
  },
};
