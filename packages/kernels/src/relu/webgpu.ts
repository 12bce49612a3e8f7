import {
  _FusedMatMul,
  FusedConv2D,
  FusedDepthwiseConv2D,
  Relu,
  Relu6,
  Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { elementwise, runProgram } from '../webgpu/program.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';

/** The upper limits of the activations, in WGSL. */
const LIMITS: Record<string, string> = { relu: '', relu6: '6.0' };

/**
 * Computes `max(x, 0)`, and for relu6 `min(max(x, 0), 6)`, in one pass: each invocation computes
 * one value. NaN stays NaN. A WGSL compiler may assume that no value is NaN, and NVIDIA's compiler
 * returns 0 for it, also in tfjs's program. So the test reads the bits.
 */
function rectify(backend: WebGpuBackend, x: TensorInfo, activation: string): TensorInfo {
  const limit = LIMITS[activation]!;
  const pass = elementwise({
    name: activation,
    inputs: ['x'],
    halves: ['x'],
    outputShape: x.shape,
    body: `
      let value = x_at(index);
      let rectified = ${limit ? `clamp(value, 0.0, ${limit})` : 'max(value, 0.0)'};
      result[index] = select(rectified, value, isnan(value));`,
  });
  return runProgram(backend, pass, [x], 'float32');
}

const rectifier = (
  kernelName: string,
  activation: string,
): BackendKernel<{ x: TensorInfo }, unknown> => ({
  kernelName,
  make: (original) => (args) => {
    const { x } = args.inputs;
    if (x.dtype !== 'float32' || x.shape.includes(0)) return original!(args);
    return rectify(args.backend as WebGpuBackend, x, activation);
  },
});

/** Runs a fused kernel without its activation, and then the activation as a second program. */
const unfused = (kernelName: string): BackendKernel<unknown, { activation?: string }> => ({
  kernelName,
  isWrapper: true,
  make: (original) => (args) => {
    const activation = args.attrs.activation ?? '';
    if (!Object.hasOwn(LIMITS, activation)) return original!(args);
    const attrs = { ...args.attrs, activation: 'linear' };
    const y = original!({ ...args, attrs }) as TensorInfo;
    const gpu = args.backend as WebGpuBackend;
    const rectified = rectify(gpu, y, activation);
    // A composed result is a tensor that tfjs tracks.
    if (y instanceof Tensor) y.dispose();
    else gpu.disposeData(y.dataId);
    return rectified;
  },
});

export const reluKernels: BackendKernel[] = [rectifier(Relu, 'relu'), rectifier(Relu6, 'relu6')];

export const fusedReluKernels: BackendKernel[] = [
  FusedConv2D,
  FusedDepthwiseConv2D,
  _FusedMatMul,
].map(unfused);
