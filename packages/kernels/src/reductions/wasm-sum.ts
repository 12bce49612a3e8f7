import {
  cast,
  div,
  Mean,
  matMul,
  ones,
  reshape,
  Sum,
  type SumAttrs,
  sum,
  type Tensor,
  tidy,
  util,
} from '@tensorflow/tfjs-core';
import type { BackendKernel, KernelFuncOf } from '../backend-kernel.js';
import { type KernelModule, kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import { withEmptyAxes } from './empty.js';

type Inputs = { x: Tensor };

/**
 * Sums over neighbouring axes in one pass. Other axes are summed in blocks of neighbours, one block
 * after the other. tfjs transposes the tensor to make the axes the last ones, and adds float32
 * numbers one by one: a million times 0.1 gives 100,958. Without the SIMD kernels, a sum over
 * leading axes is the product `1ᵀ · x`.
 */
export const sumOnWasm: BackendKernel<Inputs, SumAttrs> = {
  kernelName: Sum,
  make: (original) => withEmptyAxes(Sum, sums(original!)),
};

function sums(original: KernelFuncOf<Inputs, SumAttrs>): KernelFuncOf<Inputs, SumAttrs> {
  return (args) => {
    const { x } = args.inputs;
    const { axis, keepDims } = args.attrs;
    const axes = util.parseAxisParam(axis, x.shape).sort((one, other) => one - other);
    const module = kernelModule(args.backend);
    if (x.dtype !== 'float32' || axes.length === 0) return original(args);
    const kept = x.shape.map((size, at) => (axes.includes(at) ? 1 : size));
    const shape = keepDims ? kept : x.shape.filter((_, at) => !axes.includes(at));
    if (module) {
      const [first, last] = [axes[0]!, axes.at(-1)!];
      if (last - first === axes.length - 1) {
        return sumOfBlock(module, args.backend as WasmBackend, x, first, last, shape);
      }
      // Sums the last block first. The other axes then keep their positions.
      const start = axes.findLastIndex((at, i) => at - 1 !== axes[i - 1]);
      return tidy(() => {
        const partial = sum(x, axes.slice(start), true);
        return reshape(sum(partial, axes.slice(0, start), true), shape);
      });
    }
    const isLeading = axes.every((at, index) => at === index) && axes.length < x.rank;
    if (!isLeading) return original(args);
    return tidy(() => {
      const rows = util.sizeFromShape(x.shape.slice(0, axes.length));
      const total = matMul(ones([1, rows]), reshape(x, [rows, x.size / rows]));
      return reshape(total, shape);
    });
  };
}

/** Sums over the axes from `first` to `last`. */
function sumOfBlock(
  { kernels, address }: KernelModule,
  backend: WasmBackend,
  x: Tensor,
  first: number,
  last: number,
  shape: number[],
) {
  const outer = util.sizeFromShape(x.shape.slice(0, first));
  const inner = util.sizeFromShape(x.shape.slice(last + 1));
  const count = x.size / outer / inner;
  const y = backend.makeOutput(shape, 'float32');
  const addresses = { x: address(x), y: address(y) };
  if (inner === 1) kernels.rowSums({ ...addresses, rows: outer, columns: count, divisor: 1 });
  else kernels.columnSums({ ...addresses, outer, rows: count, columns: inner });
  return y;
}

/**
 * Means from the accurate sums above. Over the last axes the kernel divides before it rounds, so
 * the sum may exceed the range of float32.
 */
export const meanOnWasm: BackendKernel<Inputs, SumAttrs> = {
  kernelName: Mean,
  make: (original) =>
    withEmptyAxes(Mean, (args) => {
      const { x } = args.inputs;
      const { axis, keepDims } = args.attrs;
      const axes = util.parseAxisParam(axis, x.shape).sort((one, other) => one - other);
      const module = kernelModule(args.backend);
      if (!module || axes.length === 0) return original!(args);
      const count = axes.reduce((product, at) => product * x.shape[at]!, 1);
      const areLast = axes[0] === x.rank - axes.length;
      if (!areLast || x.dtype !== 'float32') {
        return tidy(() => div(sum(cast(x, 'float32'), axes, keepDims), count));
      }
      const kept = x.shape.slice(0, axes[0]);
      const shape = keepDims ? [...kept, ...axes.map(() => 1)] : kept;
      const y = (args.backend as WasmBackend).makeOutput(shape, 'float32');
      module.kernels.rowSums({
        x: module.address(x),
        y: module.address(y),
        rows: x.size / count,
        columns: count,
        divisor: count,
      });
      return y;
    }),
};
