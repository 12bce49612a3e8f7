import {
  LeakyRelu,
  type LeakyReluAttrs,
  LogicalAnd,
  Relu,
  Select,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import type { KernelExports } from '../wasm/kernel-exports.js';
import { kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';

/** `tf.where` of float32 with a condition for each value. tfjs's kernel is a scalar loop. */
const selectKernel: BackendKernel<Record<'condition' | 't' | 'e', TensorInfo>, unknown> = {
  kernelName: Select,
  make: (original) => (args) => {
    const { condition, t, e } = args.inputs;
    const module = kernelModule(args.backend);
    const areFloats = t.dtype === 'float32' && e.dtype === 'float32';
    const areAlike = [condition, e].every((one) => util.arraysEqual(one.shape, t.shape));
    if (!module || !areFloats || condition.dtype !== 'bool' || !areAlike) return original!(args);
    const y = (args.backend as WasmBackend).makeOutput(t.shape, 'float32');
    const { kernels, address } = module;
    kernels.select({
      condition: address(condition),
      t: address(t),
      e: address(e),
      y: address(y),
      count: util.sizeFromShape(t.shape),
    });
    return y;
  },
};

/** `tf.logicalAnd` of equal shapes. tfjs's kernel is a scalar loop. */
const logicalAndKernel: BackendKernel<Record<'a' | 'b', TensorInfo>, unknown> = {
  kernelName: LogicalAnd,
  make: (original) => (args) => {
    const { a, b } = args.inputs;
    const module = kernelModule(args.backend);
    const areBooleans = a.dtype === 'bool' && b.dtype === 'bool';
    if (!module || !areBooleans || !util.arraysEqual(a.shape, b.shape)) return original!(args);
    const y = (args.backend as WasmBackend).makeOutput(a.shape, 'bool');
    const { kernels, address } = module;
    const count = util.sizeFromShape(a.shape);
    kernels.bothTrue({ a: address(a), b: address(b), y: address(y), count });
    return y;
  },
};

/** A kernel of float32 values, one by one. tfjs's kernel keeps other dtypes. */
function unary<Attributes>(
  kernelName: string,
  run: (
    kernels: KernelExports,
    loop: { x: number; y: number; count: number },
    attributes: Attributes,
  ) => void,
): BackendKernel<{ x: TensorInfo }, Attributes> {
  return {
    kernelName,
    make: (original) => (args) => {
      const { x } = args.inputs;
      const module = kernelModule(args.backend);
      if (!module || x.dtype !== 'float32') return original!(args);
      const y = (args.backend as WasmBackend).makeOutput(x.shape, 'float32');
      const { kernels, address } = module;
      const count = util.sizeFromShape(x.shape);
      run(kernels, { x: address(x), y: address(y), count }, args.attrs);
      return y;
    },
  };
}

/** tfjs's kernel is a scalar loop. */
const leakyReluKernel = unary<LeakyReluAttrs>(LeakyRelu, (kernels, loop, { alpha }) =>
  kernels.leakyRelu({ ...loop, slope: alpha }),
);

/** tfjs's kernel compares bits, so it returns 0 for NaN with the sign bit, such as ∞ − ∞. */
const reluKernel = unary(Relu, (kernels, loop) => kernels.relu(loop));

export const selectKernels: BackendKernel[] = [
  selectKernel,
  logicalAndKernel,
  leakyReluKernel,
  reluKernel,
];
