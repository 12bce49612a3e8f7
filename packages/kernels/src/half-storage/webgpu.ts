import type { DataId, TensorInfo } from '@tensorflow/tfjs-core';
import { elementwise } from '../webgpu/program.js';
import type { WebGpuBackend, WebGpuProgram } from '../webgpu/webgpu-backend.js';
import { storeHalfKernel } from './contract.js';

/** Values from which on halves are worth their programs. */
const SMALLEST = 4096;

/** The largest finite number of half precision. */
const LARGEST_HALF = 65_504;

/** A backend's tensors in half precision. */
interface Halves {
  /** The packed values of a tensor. */
  packed: WeakMap<DataId, TensorInfo>;
  /** How many tensors are packed now. */
  count: number;
}

const stored = new WeakMap<WebGpuBackend, Halves>();

function halvesOf(backend: WebGpuBackend): Halves {
  const known = stored.get(backend) ?? { packed: new WeakMap(), count: 0 };
  stored.set(backend, known);
  return known;
}

/**
 * Packs two values in a word. `pack2x16float` needs no feature of the device. Values beyond ±65,504
 * are cut. Programs that can read halves read them, and accumulate in float32. For others the values
 * are unpacked before the program and forgotten after it.
 *
 * Tensors that are small, not float32 or not on the device stay as they are.
 */
export const storeHalfOnWebGpu = storeHalfKernel.on((backend: WebGpuBackend, { x }) => {
  store(backend, x);
  return [];
});

function store(backend: WebGpuBackend, x: TensorInfo): void {
  const halves = halvesOf(backend);
  const data = backend.tensorMap.get(x.dataId);
  // A tensor on the host, or in half precision already, has no memory here.
  const size = (data.resource?.size ?? 0) / 4;
  if (x.dtype !== 'float32' || size < SMALLEST) return;
  const pack = elementwise({
    name: 'pack',
    inputs: ['x'],
    outputShape: [Math.ceil(size / 2)],
    // After an odd number of values the second half is anything: nothing reads it.
    body: `
        let largest = vec2<f32>(${LARGEST_HALF});
        let pair = vec2<f32>(x[2 * index], x[2 * index + 1]);
        result[index] = bitcast<i32>(pack2x16float(clamp(pair, -largest, largest)));`,
  });
  const packed = backend.runWebGPUProgram(pack, [x], 'int32');
  // The memory is freed as that of every tensor: not before what is recorded has been submitted.
  const former: DataId = {};
  backend.tensorMap.set(former, { ...data, refCount: 1 });
  backend.commandQueueOwnedIds.add(former);
  data.resource = null;
  data.values = null;
  backend.disposeData(former);
  halves.packed.set(x.dataId, packed);
  halves.count++;
}

/** A program that unpacks a tensor of this shape. */
function unpacking(shape: number[]): WebGpuProgram {
  const copy = elementwise({
    name: 'unpack',
    inputs: ['x'],
    halves: ['x'],
    outputShape: shape,
    body: 'result[index] = x_at(index);',
  });
  return copy.reading!(['x'])!;
}

/** Methods of the backend, each made from the method that it replaces. */
type Methods = 'runWebGPUProgram' | 'readSync' | 'read' | 'disposeData';
export type HalfReadingMethods = {
  [Name in Methods]: (below: WebGpuBackend[Name]) => WebGpuBackend[Name];
};

/** The methods with which a backend computes with tensors in half precision, reads and frees them. */
export function halfReadingMethods(backend: WebGpuBackend): HalfReadingMethods {
  const halves = halvesOf(backend);
  /** The tensor to read instead of a packed one. */
  const unpacked = (dataId: DataId) => {
    const packed = halves.packed.get(dataId);
    if (!packed) return null;
    const { shape } = backend.tensorMap.get(dataId);
    return backend.runWebGPUProgram(unpacking(shape), [packed], 'float32');
  };
  return {
    runWebGPUProgram: (below) =>
      function (this: WebGpuBackend, program, inputs, ...rest) {
        const isHalf = inputs.map(({ dataId }) => halves.packed.has(dataId));
        if (!isHalf.includes(true)) return below.call(this, program, inputs, ...rest);
        const direct = program.reading?.(program.variableNames.filter((_, i) => isHalf[i]));
        const copies: TensorInfo[] = [];
        try {
          const readable = inputs.map((input) => {
            const packed = halves.packed.get(input.dataId);
            if (!packed || direct) return packed ?? input;
            const copy = below.call(this, unpacking(input.shape), [packed], 'float32');
            copies.push(copy);
            return copy;
          });
          return below.call(this, direct ?? program, readable, ...rest);
        } finally {
          for (const { dataId } of copies) this.disposeData(dataId);
        }
      },
    readSync: (below) =>
      function (this: WebGpuBackend, dataId) {
        const copy = unpacked(dataId);
        try {
          return below.call(this, copy?.dataId ?? dataId);
        } finally {
          if (copy) this.disposeData(copy.dataId);
        }
      },
    read: (below) =>
      async function (this: WebGpuBackend, dataId) {
        const copy = unpacked(dataId);
        try {
          return await below.call(this, copy?.dataId ?? dataId);
        } finally {
          if (copy) this.disposeData(copy.dataId);
        }
      },
    disposeData: (below) =>
      function (this: WebGpuBackend, dataId, force) {
        const isGone = below.call(this, dataId, force);
        const packed = halves.packed.get(dataId);
        if (isGone && packed) {
          halves.packed.delete(dataId);
          halves.count--;
          below.call(this, packed.dataId);
        }
        return isGone;
      },
  };
}

/** How many tensors of a backend are in half precision now. */
export function halvesStored(backend: WebGpuBackend): number {
  return halvesOf(backend).count;
}
