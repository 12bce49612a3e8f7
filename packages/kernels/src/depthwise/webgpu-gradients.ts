import {
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  util,
} from '@tensorflow/tfjs-core';
import { withChannelsFirst } from '../convolution/channels-first.js';
import { asMade, depthwiseInfo } from '../convolution/sizes.js';
import { SIZES, sizesOf } from '../convolution/webgpu-gradients.js';
import { elementwise, runProgram } from '../webgpu/program.js';
import { addSlices } from '../webgpu/tiled-product.js';
import { integers } from '../webgpu/uniform.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';
import type { DepthwiseFilterGradient, DepthwiseInputGradient } from './composed.js';

/** Invocations that keep a large GPU busy. */
const BUSY = 65_536;

/**
 * Input gradient of a depthwise convolution:
 *
 * `dx[n,y,z,a] = Σ_{i,j,m} dy[n,p,q,aM+m] · F[i,j,a,m]`
 *
 * The sum is over the taps for which `s p = y + t − d i` and `s q = z + l − d j` have a
 * solution. One pass without workgroup memory. Each invocation computes one value of dx, in a loop
 * over the taps.
 *
 * tfjs's kernel ignores dilations. It divides by the stride in floating point, which devices round
 * differently.
 */
export const depthwiseBackpropInputOnWebGpu: DepthwiseInputGradient = {
  kernelName: DepthwiseConv2dNativeBackpropInput,
  make: () =>
    withChannelsFirst(DepthwiseConv2dNativeBackpropInput, true, (args) => {
      const { attrs } = args;
      const { dy, filter } = args.inputs;
      const info = asMade(depthwiseInfo(attrs.inputShape, filter.shape, attrs), dy.shape);
      const pass = elementwise({
        name: 'depthwise-input-gradient',
        inputs: ['dy', 'F'],
        outputShape: attrs.inputShape,
        uniforms: SIZES,
        body: `
          let channel = index % uniforms.channels.x;
          let place = index / uniforms.channels.x;
          let line = place / uniforms.image.y;
          let pixel = vec2<i32>(line % uniforms.image.x, place % uniforms.image.y);
          let sample = line / uniforms.image.x;
          let times = uniforms.channels.y / uniforms.channels.x;
          var total = 0.0;
          for (var i = 0; i < uniforms.filterSize.x; i++) {
            for (var j = 0; j < uniforms.filterSize.y; j++) {
              let reached = pixel + uniforms.padding - vec2<i32>(i, j) * uniforms.dilation;
              let at = reached / uniforms.stride;
              if (any(reached < vec2<i32>(0)) || any(at * uniforms.stride != reached)
                || any(at >= uniforms.output)) { continue; }
              let upstream = ((sample * uniforms.output.x + at.x) * uniforms.output.y + at.y)
                * uniforms.channels.y + channel * times;
              let weight =
                ((i * uniforms.filterSize.y + j) * uniforms.channels.x + channel) * times;
              for (var m = 0; m < times; m++) { total += dy[upstream + m] * F[weight + m]; }
            }
          }
          result[index] = total;`,
      });
      return runProgram(
        args.backend as WebGpuBackend,
        pass,
        [dy, filter],
        'float32',
        sizesOf(info),
      );
    }),
};

/**
 * Filter gradient of a depthwise convolution:
 *
 * `dF[i,j,a,m] = Σ_{n,p,q} x[n, s p + d i − t, s q + d j − l, a] · dy[n,p,q,aM+m]`
 *
 * Two passes without workgroup memory. In the first, each invocation sums a run of pixels for one
 * value of the filter. The second adds the runs.
 *
 * In tfjs's kernel, one invocation sums all pixels for each value of the filter. It ignores
 * dilations.
 */
export const depthwiseBackpropFilterOnWebGpu: DepthwiseFilterGradient = {
  kernelName: DepthwiseConv2dNativeBackpropFilter,
  make: () =>
    withChannelsFirst(DepthwiseConv2dNativeBackpropFilter, false, (args) => {
      const { attrs } = args;
      const { x, dy } = args.inputs;
      const { filterShape } = attrs;
      const info = asMade(depthwiseInfo(x.shape, filterShape, attrs), dy.shape);
      const backend = args.backend as WebGpuBackend;
      const values = util.sizeFromShape(filterShape);
      const pixels = info.batchSize * info.outHeight * info.outWidth;
      const wanted = Math.min(Math.ceil(BUSY / values), Math.ceil(Math.sqrt(pixels)));
      const run = Math.ceil(pixels / wanted);
      const runs = Math.ceil(pixels / run);
      const partial = elementwise({
        name: 'depthwise-filter-gradient',
        inputs: ['x', 'dy'],
        halves: ['x'],
        outputShape: [runs, values],
        uniforms: `${SIZES} values : i32, pixels : i32, run : i32,`,
        body: `
          let value = index % uniforms.values;
          let first = index / uniforms.values * uniforms.run;
          let end = min(first + uniforms.run, uniforms.pixels);
          let channel = value % uniforms.channels.y;
          let source = channel / (uniforms.channels.y / uniforms.channels.x);
          let tap = value / uniforms.channels.y;
          let offset = vec2<i32>(tap / uniforms.filterSize.y, tap % uniforms.filterSize.y)
            * uniforms.dilation - uniforms.padding;
          var total = 0.0;
          for (var k = first; k < end; k++) {
            let line = k / uniforms.output.y;
            let at = vec2<i32>(line % uniforms.output.x, k % uniforms.output.y)
              * uniforms.stride + offset;
            if (any(at < vec2<i32>(0)) || any(at >= uniforms.image)) { continue; }
            let sample = line / uniforms.output.x;
            let place = ((sample * uniforms.image.x + at.x) * uniforms.image.y + at.y)
              * uniforms.channels.x + source;
            total += x_at(place) * dy[k * uniforms.channels.y + channel];
          }
          result[index] = total;`,
      });
      const sums = runProgram(backend, partial, [x, dy], 'float32', [
        ...sizesOf(info),
        ...[values, pixels, run].map((size) => integers(size)),
      ]);
      const df = addSlices(backend, sums, runs, filterShape);
      backend.disposeData(sums.dataId);
      return df;
    }),
};
