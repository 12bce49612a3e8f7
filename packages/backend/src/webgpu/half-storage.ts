import { type DataId, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../replaced-kernels.js';
import { elementwise } from './program.js';
import type { WebGpuBackend } from './webgpu-backend.js';

/** Values from which on halves are worth their programs. */
const SMALLEST = 4096;

/** The largest finite number of half precision. */
const LARGEST_HALF = 65_504;

/** Where a backend keeps tensors that lie in half precision. */
interface HalfStorage {
  /** Packs a tensor's values and gives their memory back. */
  store(x: TensorInfo): void;
}

const storages = new WeakMap<WebGpuBackend, HalfStorage>();

/**
 * From now on keeps a tensor's values in half precision, two in a word (`pack2x16float`, which needs no feature of the device): half of the memory, with 11 bits of each value, those
 * beyond ±65,504 cut. The tensor stays what it was to everybody: programs that can read halves do, accumulating in float32; for others the
 * values are unpacked, and forgotten after.
 *
 * Tensors that are small, not float32 or not on the device stay as they are.
 */
export const storeHalfKernel: BackendKernel = {
  kernelName: 'StoreHalf',
  make:
    () =>
    ({ inputs, backend }) => {
      const gpu = backend as WebGpuBackend;
      const storage = storages.get(gpu) ?? halfStorage(gpu);
      storages.set(gpu, storage);
      storage.store(inputs.x as TensorInfo);
      return [];
    },
};

function halfStorage(backend: WebGpuBackend): HalfStorage {
  const halves = new Map<DataId, TensorInfo>();
  const run = backend.runWebGPUProgram.bind(backend);
  const readSync = backend.readSync.bind(backend);
  const read = backend.read.bind(backend);
  const disposeData = backend.disposeData.bind(backend);

  /** The values in float32 again, as a tensor of their own. */
  const unpacked = (packed: TensorInfo, shape: number[]): TensorInfo => {
    const copy = elementwise({
      name: 'unpack-halves',
      inputs: ['x'],
      halves: ['x'],
      outputShape: shape,
      body: 'result[index] = x_at(index);',
    });
    return run(copy.reading!(['x'])!, [packed], 'float32');
  };

  backend.runWebGPUProgram = (program, inputs, ...rest) => {
    const names = program.variableNames.filter((_, i) => halves.has(inputs[i]!.dataId));
    if (names.length === 0) return run(program, inputs, ...rest);
    const direct = program.reading?.(names);
    if (direct) {
      return run(
        direct,
        inputs.map((input) => halves.get(input.dataId) ?? input),
        ...rest,
      );
    }
    const copies: TensorInfo[] = [];
    const whole = inputs.map((input) => {
      const packed = halves.get(input.dataId);
      if (!packed) return input;
      copies.push(unpacked(packed, input.shape));
      return copies.at(-1)!;
    });
    const result = run(program, whole, ...rest);
    for (const { dataId } of copies) disposeData(dataId);
    return result;
  };
  backend.readSync = (dataId) => {
    const packed = halves.get(dataId);
    if (!packed) return readSync(dataId);
    const copy = unpacked(packed, backend.tensorMap.get(dataId).shape);
    const values = readSync(copy.dataId);
    disposeData(copy.dataId);
    return values;
  };
  backend.read = async (dataId) => {
    const packed = halves.get(dataId);
    if (!packed) return read(dataId);
    const copy = unpacked(packed, backend.tensorMap.get(dataId).shape);
    const values = await read(copy.dataId);
    disposeData(copy.dataId);
    return values;
  };
  backend.disposeData = (dataId, force) => {
    const isGone = disposeData(dataId, force);
    const packed = halves.get(dataId);
    if (isGone && packed) {
      halves.delete(dataId);
      disposeData(packed.dataId);
    }
    return isGone;
  };

  return {
    store(x) {
      const data = backend.tensorMap.get(x.dataId);
      const size = util.sizeFromShape(x.shape);
      if (halves.has(x.dataId) || x.dtype !== 'float32' || size < SMALLEST || !data.resource)
        return;
      const pack = elementwise({
        name: 'pack-halves',
        inputs: ['x'],
        outputShape: [Math.ceil(size / 2)],
        uniforms: 'count : i32,',
        body: `
          let second = select(0.0, x[min(2 * index + 1, uniforms.count - 1)], 2 * index + 1 < uniforms.count);
          let pair = clamp(vec2<f32>(x[2 * index], second), vec2<f32>(-${LARGEST_HALF}.0), vec2<f32>(${LARGEST_HALF}.0));
          result[index] = bitcast<i32>(pack2x16float(pair));`,
      });
      const packed = run(pack, [x], 'int32', [{ type: 'int32', data: [size] }]);
      // The memory goes the way of every tensor's: not before what is recorded has been submitted.
      const former: DataId = {};
      backend.tensorMap.set(former, { ...data, refCount: 1 });
      backend.commandQueueOwnedIds.add(former);
      data.resource = null;
      data.values = null;
      disposeData(former);
      halves.set(x.dataId, packed);
    },
  };
}
