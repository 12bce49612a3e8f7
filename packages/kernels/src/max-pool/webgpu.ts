import { MaxPool, MaxPoolGrad, type TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { elementwise, runProgram } from '../webgpu/program.js';
import { integers } from '../webgpu/uniform.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';
import { type PoolAttrs, type PoolInfo, poolInfo } from './windows.js';

const UNIFORMS = `
  image : vec3<i32>, pooled : vec2<i32>, filterSize : vec2<i32>, strides : vec2<i32>,
  pads : vec2<i32>,`;

const sizes = (info: PoolInfo) => [
  integers(info.inHeight, info.inWidth, info.inChannels),
  integers(info.outHeight, info.outWidth),
  integers(info.filterHeight, info.filterWidth),
  integers(info.strideHeight, info.strideWidth),
  integers(info.padInfo.top, info.padInfo.left),
];

/** WGSL: the part of window `index` inside the image, from `first` to before `end`. */
const WINDOW = `
  let channel = index % uniforms.image.z;
  let column = (index / uniforms.image.z) % uniforms.pooled.y;
  let row = (index / (uniforms.image.z * uniforms.pooled.y)) % uniforms.pooled.x;
  let sample = index / (uniforms.image.z * uniforms.pooled.y * uniforms.pooled.x);
  let corner = vec2<i32>(row, column) * uniforms.strides - uniforms.pads;
  let first = max(corner, vec2<i32>(0));
  let end = min(corner + uniforms.filterSize, uniforms.image.xy);`;

/**
 * WGSL: finds the first maximum of the window, `most`, and its position in x, `place`. The first
 * NaN of a window is its maximum. `isnan` of tfjs tests the bits, since a compiler may assume that
 * no value is NaN.
 */
const firstMaximum = (dtype: string) => `
  var place = ((sample * uniforms.image.x + first.x) * uniforms.image.y + first.y)
    * uniforms.image.z + channel;
  var most = x[place];
  for (var i = first.x; i < end.x; i++) {
    for (var j = first.y; j < end.y; j++) {
      let here = ((sample * uniforms.image.x + i) * uniforms.image.y + j)
        * uniforms.image.z + channel;
      if (x[here] > most${dtype === 'float32' ? ' || (isnan(x[here]) && !isnan(most))' : ''}) {
        most = x[here];
        place = here;
      }
    }
  }`;

/** WGSL: the windows that cover pixel `index`, from `first` to before `end`. */
const WINDOWS_OF_PIXEL = `
  let channel = index % uniforms.image.z;
  let column = (index / uniforms.image.z) % uniforms.image.y;
  let row = (index / (uniforms.image.z * uniforms.image.y)) % uniforms.image.x;
  let sample = index / (uniforms.image.z * uniforms.image.y * uniforms.image.x);
  let at = vec2<i32>(row, column) + uniforms.pads;
  let past = at - uniforms.filterSize + uniforms.strides;
  let first = max(past / uniforms.strides, vec2<i32>(0));
  let end = min(at / uniforms.strides + 1, uniforms.pooled);`;

/** WGSL: sums the upstream gradients of the windows whose maximum is the pixel. */
const SUM_OF_WINDOWS = `
  var total = 0.0;
  for (var i = first.x; i < end.x; i++) {
    for (var j = first.y; j < end.y; j++) {
      let window = ((sample * uniforms.pooled.x + i) * uniforms.pooled.y + j)
        * uniforms.image.z + channel;
      if (places[window] == index) { total += dy[window]; }
    }
  }
  result[index] = total;`;

/**
 * Max pooling of NHWC images. One pass without workgroup memory: each invocation computes the
 * maximum of one window. Values of any magnitude are handled.
 */
export const maxPoolOnWebGpu: BackendKernel<{ x: TensorInfo }, PoolAttrs> = {
  kernelName: MaxPool,
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const { x } = inputs;
      const info = poolInfo(x.shape, attrs);
      const pass = elementwise({
        name: 'max-pool',
        inputs: ['x'],
        outputShape: info.outShape,
        uniforms: UNIFORMS,
        constants: x.dtype,
        body: `${WINDOW}${firstMaximum(x.dtype)}\nresult[index] = most;`,
      });
      return runProgram(backend as WebGpuBackend, pass, [x], x.dtype, sizes(info));
    },
};

/**
 * Gradient of max pooling. It goes to the first maximum of each window. Two passes without
 * workgroup memory. In the first, each invocation finds the maximum of one window. In the second,
 * each invocation sums the gradient of one pixel.
 */
export const maxPoolGradOnWebGpu: BackendKernel<Record<'dy' | 'input', TensorInfo>, PoolAttrs> = {
  kernelName: MaxPoolGrad,
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const { dy, input: x } = inputs;
      const info = poolInfo(x.shape, attrs);
      const gpu = backend as WebGpuBackend;
      const find = elementwise({
        name: 'max-pool-places',
        inputs: ['x'],
        outputShape: info.outShape,
        uniforms: UNIFORMS,
        body: `${WINDOW}${firstMaximum(x.dtype)}\nresult[index] = place;`,
      });
      const sum = elementwise({
        name: 'max-pool-grad',
        inputs: ['dy', 'places'],
        outputShape: x.shape,
        uniforms: UNIFORMS,
        body: WINDOWS_OF_PIXEL + SUM_OF_WINDOWS,
      });
      const places = runProgram(gpu, find, [x], 'int32', sizes(info));
      const dx = runProgram(gpu, sum, [dy, places], 'float32', sizes(info));
      gpu.disposeData(places.dataId);
      return dx;
    },
};
