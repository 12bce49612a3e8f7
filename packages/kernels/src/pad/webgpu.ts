import {
  type KernelFunc,
  PadV2,
  type PadV2Attrs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { elementwise } from '../webgpu/program.js';
import { floats, integers } from '../webgpu/uniform.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';

/** tfjs's program pads at most this many axes. */
const MOST = 4;

/** Pads tensors of any rank. */
export const padKernel: BackendKernel = {
  kernelName: PadV2,
  make: (original) => (args) => {
    const { x } = args.inputs as { x: TensorInfo };
    const { paddings, constantValue } = args.attrs as unknown as PadV2Attrs;
    const isPadded = paddings.some(([before, after]) => before > 0 || after > 0);
    if (x.shape.length <= MOST || !isPadded || util.sizeFromShape(x.shape) === 0) {
      return (original as KernelFunc)(args);
    }
    const outputShape = x.shape.map((side, axis) => paddings[axis]![0] + side + paddings[axis]![1]);
    // From the last axis to the first, the program finds the place of an index along the axis, and
    // whether that is inside the image.
    const axes = x.shape.map((_, axis) => axis).reverse();
    const pass = elementwise({
      name: 'pad',
      inputs: ['x'],
      outputShape,
      uniforms: `constantValue : f32, ${axes.map((axis) => `axis${axis} : vec3<i32>,`).join(' ')}`,
      constants: `${x.dtype}-${x.shape.length}`,
      body: `
        var rest = index;
        var source = 0;
        var step = 1;
        var inside = true;
        ${axes.map((axis) => AXIS.replaceAll('AXIS', `uniforms.axis${axis}`)).join('')}
        if (inside) { result[index] = x[source]; } else { result[index] = VALUE; }`.replace(
        'VALUE',
        x.dtype === 'float32' ? 'uniforms.constantValue' : 'i32(uniforms.constantValue)',
      ),
    });
    const sides = axes.map((axis) =>
      integers(paddings[axis]![0], x.shape[axis]!, outputShape[axis]!),
    );
    return (args.backend as WebGpuBackend).runWebGPUProgram(pass, [x], x.dtype, [
      floats(constantValue),
      ...sides,
    ]);
  },
};

/**
 * WGSL: takes one axis off the index. AXIS holds the padding before, the size inside and the size
 * in all.
 */
const AXIS = `
  {
    let place = rest % AXIS.z - AXIS.x;
    rest /= AXIS.z;
    inside = inside && place >= 0 && place < AXIS.y;
    source += place * step;
    step *= AXIS.y;
  }`;
