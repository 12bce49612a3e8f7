import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { elementwise, runProgram } from '../webgpu/program.js';
import { floats, integers } from '../webgpu/uniform.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';
import { sgdMomentumOfAllKernel } from './contract.js';

/** WGSL: binary search for `low`, the parameter that holds value `index`. */
const FIND_PARAMETER = `
          var low = 0;
          var high = uniforms.count - 1;
          while (low < high) {
            let middle = (low + high) / 2;
            if (index < ends[middle]) { high = middle; } else { low = middle + 1; }
          }`;

/** WGSL: the step of one value. The result holds all new values, then all new velocities. */
const stepOfValue = (nesterov: boolean) => `
          let moved = uniforms.momentum * velocity[index] + gradient[index];
          let direction = ${nesterov ? 'gradient[index] + uniforms.momentum * moved' : 'moved'};
          result[index] = value[index] - rates[low] * direction;
          result[uniforms.total + index] = moved;`;

/**
 * One pass over all parameters, without workgroup memory. A program binds eight buffers, and a
 * network has many more parameters. So values, velocities and gradients are each copied on the
 * device into one buffer, one tensor after the other, and the results are copied back. Each
 * invocation steps one value. Velocities are overwritten.
 */
export const sgdMomentumOfAllOnWebGpu = sgdMomentumOfAllKernel.on(
  (gpu: WebGpuBackend, { values, velocities, gradients }, attributes) => {
    const { learningRates, momentum, nesterov } = attributes;
    const count = learningRates.length;
    const sizes = values.map(({ shape }) => util.sizeFromShape(shape));
    const ends: number[] = [];
    for (const size of sizes) ends.push((ends.at(-1) ?? 0) + size);
    const total = ends.at(-1) ?? 0;
    if (total === 0) return values.map(({ shape }) => gpu.makeTensorInfo(shape, 'float32', []));
    const flat = [values, velocities, gradients].map((list) => joined(gpu, list, sizes, total));
    // int32, since float32 does not represent all integers above 16 million.
    const table = gpu.makeTensorInfo([count], 'int32', Int32Array.from(ends));
    const rates = gpu.makeTensorInfo([count], 'float32', Float32Array.from(learningRates));
    const pass = elementwise({
      name: 'sgd-momentum',
      constants: nesterov ? 'nesterov' : '',
      inputs: ['value', 'velocity', 'gradient', 'ends', 'rates'],
      outputShape: [2, total],
      uniforms: 'total : i32, count : i32, momentum : f32,',
      body: `
          if (index >= uniforms.total) { return; }
          ${FIND_PARAMETER}
          ${stepOfValue(nesterov)}`,
    });
    const both = runProgram(gpu, pass, [...flat, table, rates], 'float32', [
      integers(total),
      integers(count),
      floats(momentum),
    ]);
    const next = values.map(({ shape }) => gpu.makeTensorInfo(shape, 'float32'));
    parted(gpu, both, 0, next, sizes);
    parted(gpu, both, total, velocities, sizes);
    for (const { dataId } of [...flat, table, rates, both]) gpu.disposeData(dataId);
    return next;
  },
);

/** Copies tensors into one buffer, one after the other. */
function joined(
  gpu: WebGpuBackend,
  tensors: TensorInfo[],
  sizes: number[],
  total: number,
): TensorInfo {
  const flat = gpu.makeTensorInfo([total], 'float32');
  for (const { dataId } of [flat, ...tensors]) gpu.uploadToGPU(dataId);
  let at = 0;
  tensors.forEach((tensor, i) => {
    copy(gpu, [tensor, 0], [flat, at], sizes[i]!);
    at += sizes[i]!;
  });
  return flat;
}

/** Copies the values of such a buffer, from `from` on, back to the tensors. */
function parted(
  gpu: WebGpuBackend,
  flat: TensorInfo,
  from: number,
  tensors: TensorInfo[],
  sizes: number[],
): void {
  let at = from;
  tensors.forEach((tensor, i) => {
    gpu.uploadToGPU(tensor.dataId);
    // Values that tfjs has read from the tensor are out of date now.
    gpu.tensorMap.get(tensor.dataId).values = null;
    copy(gpu, [flat, at], [tensor, 0], sizes[i]!);
    at += sizes[i]!;
  });
}

/** Records a copy of `count` floats from one buffer to another. */
function copy(
  gpu: WebGpuBackend,
  [source, from]: [TensorInfo, number],
  [target, to]: [TensorInfo, number],
  count: number,
): void {
  if (count === 0) return;
  const bufferOf = ({ dataId }: TensorInfo) => gpu.tensorMap.get(dataId).resource as GPUBuffer;
  gpu.ensureCommandEncoderReady();
  gpu.endComputePassEncoder();
  gpu.commandEncoder!.copyBufferToBuffer(
    bufferOf(source),
    4 * from,
    bufferOf(target),
    4 * to,
    4 * count,
  );
  for (const { dataId } of [source, target]) gpu.commandQueueOwnedIds.add(dataId);
}
