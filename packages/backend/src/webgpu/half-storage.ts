import type { DataId, TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../replaced-kernels.js';
import { elementwise } from './program.js';
import type { WebGpuBackend } from './webgpu-backend.js';

/** Values from which on halves are worth their programs. */
const SMALLEST = 4096;

/** The largest finite number of half precision. */
const LARGEST_HALF = 65_504;

/** Packs a tensor's values and gives their memory back. */
type Store = (x: TensorInfo) => void;

/** Of the backends that were asked for it. */
const stores = new WeakMap<WebGpuBackend, Store>();

/**
 * From now on keeps a tensor's values in half precision, two in a word (`pack2x16float`, which needs no feature of the device): half of the
 * memory, with 11 bits of each value, those beyond ±65,504 cut. The tensor stays what it was to everybody: programs that can read halves do,
 * accumulating in float32; for others the values are unpacked, and forgotten after.
 *
 * Tensors that are small, not float32 or not on the device stay as they are.
 */
export const storeHalfKernel: BackendKernel = {
  kernelName: 'StoreHalf',
  make:
    () =>
    ({ inputs, backend }) => {
      const gpu = backend as WebGpuBackend;
      const store = stores.get(gpu) ?? halfStorage(gpu);
      stores.set(gpu, store);
      store(inputs.x as TensorInfo);
      return [];
    },
};

function halfStorage(backend: WebGpuBackend): Store {
  const halves = new WeakMap<DataId, TensorInfo>();
  const run = backend.runWebGPUProgram.bind(backend);
  const readSync = backend.readSync.bind(backend);
  const read = backend.read.bind(backend);
  const disposeData = backend.disposeData.bind(backend);

  /** A tensor in half precision in float32 again, as one of its own; others not at all. */
  const unpacked = (dataId: DataId, shape = backend.tensorMap.get(dataId).shape) => {
    const packed = halves.get(dataId);
    if (!packed) return null;
    const copy = elementwise({
      name: 'unpack',
      inputs: ['x'],
      halves: ['x'],
      outputShape: shape,
      body: 'result[index] = x_at(index);',
    });
    return run(copy.reading!(['x'])!, [packed], 'float32');
  };

  backend.runWebGPUProgram = (program, inputs, ...rest) => {
    const names = program.variableNames.filter((_, i) => halves.has(inputs[i]!.dataId));
    const direct = program.reading?.(names);
    const others = inputs.map(({ dataId, shape }) =>
      direct ? halves.get(dataId) : unpacked(dataId, shape),
    );
    const result = run(
      direct ?? program,
      inputs.map((input, i) => others[i] ?? input),
      ...rest,
    );
    if (!direct) for (const copy of others) if (copy) disposeData(copy.dataId);
    return result;
  };
  backend.readSync = (dataId) => {
    const copy = unpacked(dataId);
    const values = readSync(copy?.dataId ?? dataId);
    if (copy) disposeData(copy.dataId);
    return values;
  };
  backend.read = async (dataId) => {
    const copy = unpacked(dataId);
    const values = await read(copy?.dataId ?? dataId);
    if (copy) disposeData(copy.dataId);
    return values;
  };
  backend.disposeData = (dataId, force) => {
    const isGone = disposeData(dataId, force);
    const packed = halves.get(dataId);
    if (isGone && packed) disposeData(packed.dataId);
    return isGone;
  };

  return (x) => {
    const data = backend.tensorMap.get(x.dataId);
    // What is on the host, or in half precision already, has none.
    const size = (data.resource?.size ?? 0) / 4;
    if (x.dtype !== 'float32' || size < SMALLEST) return;
    const pack = elementwise({
      name: 'pack',
      inputs: ['x'],
      outputShape: [Math.ceil(size / 2)],
      // Behind an odd number of values the second half is anything: nobody reads it.
      body: `
        let largest = vec2<f32>(${LARGEST_HALF});
        let pair = vec2<f32>(x[2 * index], x[2 * index + 1]);
        result[index] = bitcast<i32>(pack2x16float(clamp(pair, -largest, largest)));`,
    });
    const packed = run(pack, [x], 'int32');
    // The memory goes the way of every tensor's: not before what is recorded has been submitted.
    const former: DataId = {};
    backend.tensorMap.set(former, { ...data, refCount: 1 });
    backend.commandQueueOwnedIds.add(former);
    data.resource = null;
    data.values = null;
    disposeData(former);
    halves.set(x.dataId, packed);
  };
}
