import { PadV2, type PadV2Attrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { elementwise, runProgram } from '../webgpu/program.js';
import { floats, integers } from '../webgpu/uniform.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';

/** tfjs's own program supports at most this many axes. */
const MOST = 4;

/**
 * WGSL: one axis. It splits the position along the axis off `rest`, and adds it to `source`. AXIS
 * is replaced by a uniform with the padding before, the size of x and the size of the result.
 */
const AXIS = `
  {
    let place = rest % AXIS.z - AXIS.x;
    rest /= AXIS.z;
    inside = inside && place >= 0 && place < AXIS.y;
    source += place * step;
    step *= AXIS.y;
  }`;

/** WGSL: finds the position of a value in x, `source`, axis by axis from the last to the first. */
const sourceOf = (axes: number[]) => `
        var rest = index;
        var source = 0;
        var step = 1;
        var inside = true;
        ${axes.map((axis) => AXIS.replaceAll('AXIS', `uniforms.axis${axis}`)).join('')}`;

/** WGSL: copies a value of x, or writes the constant outside of x. */
const copyOrFill = (constant: string) => `
        if (inside) { result[index] = x[source]; } else { result[index] = ${constant}; }`;

/**
 * Pads tensors of any rank with a constant. One pass without workgroup memory: each invocation
 * computes one value of the result. Tensors of rank 4 or less run on tfjs's program.
 */
export const padOnWebGpu: BackendKernel<{ x: TensorInfo }, PadV2Attrs> = {
  kernelName: PadV2,
  make: (original) => (args) => {
    const { x } = args.inputs;
    const { paddings, constantValue } = args.attrs;
    const isPadded = paddings.some(([before, after]) => before > 0 || after > 0);
    if (x.shape.length <= MOST || !isPadded || util.sizeFromShape(x.shape) === 0) {
      return original!(args);
    }
    const outputShape = x.shape.map((side, axis) => paddings[axis]![0] + side + paddings[axis]![1]);
    const axes = x.shape.map((_, axis) => axis).reverse();
    const constant =
      x.dtype === 'float32' ? 'uniforms.constantValue' : 'i32(uniforms.constantValue)';
    const pass = elementwise({
      name: 'pad',
      inputs: ['x'],
      outputShape,
      uniforms: `constantValue : f32, ${axes.map((axis) => `axis${axis} : vec3<i32>,`).join(' ')}`,
      constants: `${x.dtype}-${x.shape.length}`,
      body: sourceOf(axes) + copyOrFill(constant),
    });
    const sides = axes.map((axis) =>
      integers(paddings[axis]![0], x.shape[axis]!, outputShape[axis]!),
    );
    return runProgram(args.backend as WebGpuBackend, pass, [x], x.dtype, [
      floats(constantValue),
      ...sides,
    ]);
  },
};
