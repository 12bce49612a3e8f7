import {
  broadcast_util,
  type DataType,
  Equal,
  Greater,
  GreaterEqual,
  Less,
  LessEqual,
  Maximum,
  Minimum,
  NotEqual,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { tiled } from '../lines/wasm-tile.js';
import type { KernelExports } from '../wasm/kernel-exports.js';
import { type KernelModule, kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';

type Operands = Record<'a' | 'b', TensorInfo>;

/** What a loop over two operands gets: addresses, and which of them has one value for all. */
type Loop = Parameters<KernelExports['extreme']>[0];

/**
 * A kernel of two float32 operands. Either has as many values as the result, or one. tfjs's kernels
 * are scalar loops, which compute the places of both values again for each result. They keep other
 * dtypes, and operands that are repeated along some axes, unless `repeats` is set.
 */
function binary(
  kernelName: string,
  dtype: DataType,
  run: (kernels: KernelExports, loop: Omit<Loop, 'isLargest'>) => void,
  repeats = false,
): BackendKernel<Operands, unknown> {
  return {
    kernelName,
    make: (original) => (args) => {
      const { a, b } = args.inputs;
      const module = kernelModule(args.backend);
      const shape = broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
      const count = util.sizeFromShape(shape);
      const [sizeOfA, sizeOfB] = [a, b].map((one) => util.sizeFromShape(one.shape));
      const areFloats = a.dtype === 'float32' && b.dtype === 'float32';
      const isSimple = [sizeOfA, sizeOfB].every((size) => size === count || size === 1);
      if (!module || !areFloats || count === 0) return original!(args);
      if (!isSimple && !repeats) return original!(args);
      const backend = args.backend as WasmBackend;
      const operands = isSimple ? [a, b] : [a, b].map((x) => expanded(module, backend, x, shape));
      const y = backend.makeOutput(shape, dtype);
      const [u, v] = operands.map(module.address) as [number, number];
      const [isOneA, isOneB] = [sizeOfA === 1, sizeOfB === 1];
      run(module.kernels, { a: u, b: v, y: module.address(y), count, isOneA, isOneB });
      for (const x of operands)
        if (x.dataId !== a.dataId && x.dataId !== b.dataId) backend.disposeData(x.dataId);
      return y;
    },
  };
}

/** The numbers of the comparisons in `assembly/compare.ts`. */
const OPS = { greater: 0, greaterEqual: 1, equal: 2, notEqual: 3 };

const comparison = (kernelName: string, op: keyof typeof OPS) =>
  binary(kernelName, 'bool', (kernels, loop) => kernels.compare({ ...loop, op: OPS[op] }));

/** `a < b` is `b > a`. */
const reversed = (kernelName: string, op: keyof typeof OPS) =>
  binary(kernelName, 'bool', (kernels, { a, b, isOneA, isOneB, ...loop }) =>
    kernels.compare({ ...loop, a: b, b: a, isOneA: isOneB, isOneB: isOneA, op: OPS[op] }),
  );

/** tfjs's kernel may lose NaN. So operands that are repeated along some axes are expanded first. */
const extreme = (kernelName: string, isLargest: boolean) =>
  binary(kernelName, 'float32', (kernels, loop) => kernels.extreme({ ...loop, isLargest }), true);

/** Repeats x to a shape. Without anything to repeat, the values are those of x itself. */
function expanded(module: KernelModule, backend: WasmBackend, x: TensorInfo, shape: number[]) {
  const own = [...new Array<number>(shape.length - x.shape.length).fill(1), ...x.shape];
  const reps = shape.map((side, axis) => side / own[axis]!);
  return tiled(module, backend, { ...x, shape: own }, reps);
}

export const binaryKernels: BackendKernel[] = [
  comparison(Greater, 'greater'),
  comparison(GreaterEqual, 'greaterEqual'),
  reversed(Less, 'greater'),
  reversed(LessEqual, 'greaterEqual'),
  comparison(Equal, 'equal'),
  comparison(NotEqual, 'notEqual'),
  extreme(Minimum, false),
  extreme(Maximum, true),
];
