import type { DataId, TensorInfo } from '@tensorflow/tfjs-core';
import { elementwise, type FlatProgram, runProgram } from '../webgpu/program.js';
import type { WebGpuBackend } from '../webgpu/webgpu-backend.js';
import { storeHalfKernel } from './contract.js';

/**
 * Tensors with fewer values stay in float32: the programs would cost more than the memory is worth.
 */
const SMALLEST = 4096;

/** The largest finite number of half precision. */
const LARGEST_HALF = 65_504;

/** The tensors of a backend that are in half precision. */
interface Halves {
  /** Packed values by the id of their tensor. */
  packed: WeakMap<DataId, TensorInfo>;
  /** The number of packed tensors. */
  count: number;
}

const stored = new WeakMap<WebGpuBackend, Halves>();

/** Returns the packed tensors of a backend. */
function halvesOf(backend: WebGpuBackend): Halves {
  const known = stored.get(backend) ?? { packed: new WeakMap(), count: 0 };
  stored.set(backend, known);
  return known;
}

/**
 * Packs two values in a word, in one pass: an invocation packs one word. `pack2x16float` needs no
 * feature of the device. Values beyond ±65,504 are clamped. Programs that can read halves do so,
 * and accumulate in float32. For other programs the values are unpacked before, and freed
 * afterwards.
 *
 * Tensors that are small, not float32 or not on the device are not changed.
 */
export const storeHalfOnWebGpu = storeHalfKernel.on((backend: WebGpuBackend, { x }) => {
  store(backend, x);
  return [];
});

function store(backend: WebGpuBackend, x: TensorInfo): void {
  const halves = halvesOf(backend);
  const data = backend.tensorMap.get(x.dataId);
  // A tensor on the host, or already in half precision, has no buffer here.
  const size = (data.resource?.size ?? 0) / 4;
  if (x.dtype !== 'float32' || size < SMALLEST) return;
  const pack = elementwise({
    name: 'pack',
    inputs: ['x'],
    outputShape: [Math.ceil(size / 2)],
    // With an odd number of values, the second half of the last word is undefined. Nothing reads
    // it.
    body: `
        let largest = vec2<f32>(${LARGEST_HALF});
        let pair = vec2<f32>(x[2 * index], x[2 * index + 1]);
        result[index] = bitcast<i32>(pack2x16float(clamp(pair, -largest, largest)));`,
  });
  const packed = runProgram(backend, pack, [x], 'int32');
  // Frees the memory like that of every tensor: after all recorded commands are submitted.
  const former: DataId = {};
  backend.tensorMap.set(former, { ...data, refCount: 1 });
  backend.commandQueueOwnedIds.add(former);
  data.resource = null;
  data.values = null;
  backend.disposeData(former);
  halves.packed.set(x.dataId, packed);
  halves.count++;
}

/** Makes a program that unpacks a tensor of this shape. */
function unpacking(shape: number[]): FlatProgram {
  const copy = elementwise({
    name: 'unpack',
    inputs: ['x'],
    halves: ['x'],
    outputShape: shape,
    body: 'result[index] = x_at(index);',
  });
  return { ...copy, flat: copy.flat.reading!(['x'])! };
}

/** Methods of the backend. Each replacement is made from the method that it replaces. */
type Methods = 'runWebGPUProgram' | 'readSync' | 'read' | 'disposeData';
export type HalfReadingMethods = {
  [Name in Methods]: (below: WebGpuBackend[Name]) => WebGpuBackend[Name];
};

/** Returns the methods that let a backend compute with, read and free tensors in half precision. */
export function halfReadingMethods(backend: WebGpuBackend): HalfReadingMethods {
  const halves = halvesOf(backend);
  /** Makes a float32 copy of a packed tensor, or returns `null` if the tensor is not packed. */
  const unpacked = (dataId: DataId) => {
    const packed = halves.packed.get(dataId);
    if (!packed) return null;
    const { shape } = backend.tensorMap.get(dataId);
    return runProgram(backend, unpacking(shape), [packed], 'float32');
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
            const { flat } = unpacking(input.shape);
            const copy = { ...below.call(this, flat, [packed], 'float32'), shape: input.shape };
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

/** Returns the number of tensors of a backend that are in half precision. */
export function halvesStored(backend: WebGpuBackend): number {
  return halvesOf(backend).count;
}
