import {
  All,
  Any,
  ArgMax,
  ArgMin,
  type DataType,
  Max,
  Mean,
  Min,
  Prod,
  Sum,
  type Tensor,
  tensor,
  util,
} from '@tensorflow/tfjs-core';
import type { BackendKernel, KernelFuncOf } from '../backend-kernel.js';
import { type ReductionAttrs, reducedAxes } from './reduced-axes.js';

/** The result of a reduction over no values, by its dtype. */
type Neutral = Partial<Record<DataType, number>>;

const LEAST = -(2 ** 31);
const LARGEST = 2 ** 31 - 1;

const NEUTRAL: Record<string, Neutral> = {
  [Sum]: { float32: 0, int32: 0 },
  [Prod]: { float32: 1, int32: 1 },
  [Mean]: { float32: Number.NaN },
  [Max]: { float32: Number.NEGATIVE_INFINITY, int32: LEAST, bool: 0 },
  [Min]: { float32: Number.POSITIVE_INFINITY, int32: LARGEST, bool: 1 },
  [Any]: { bool: 0 },
  [All]: { bool: 1 },
};

/** The reductions without a result for empty axes, with the names of their ops. */
const UNANSWERED: Record<string, string> = { [ArgMax]: 'argMax', [ArgMin]: 'argMin' };

/**
 * Wraps a reduction, so that it also reduces empty axes. A sum is 0, a product 1, a mean NaN, `any`
 * false and `all` true. A maximum is −∞ and a minimum ∞; for integers they are the smallest
 * and the largest integer. `argMax` and `argMin` throw. tfjs 4.22 leaves uninitialised memory on
 * wasm, and fails on WebGPU. On cpu it returns 0 for a mean and NaN for a maximum.
 */
export function withEmptyAxes<Attributes extends ReductionAttrs>(
  kernelName: string,
  kernel: KernelFuncOf<{ x: Tensor }, Attributes>,
): KernelFuncOf<{ x: Tensor }, Attributes> {
  return (args) => {
    const { x } = args.inputs;
    if (x.size !== 0) return kernel(args);
    const { outputShape: shape } = reducedAxes(x.shape, args.attrs);
    const size = util.sizeFromShape(shape);
    const name = UNANSWERED[kernelName];
    if (name && size > 0) {
      throw new Error(`${name}: the axis must not be empty, got shape [${x.shape}]`);
    }
    const dtype = name ? 'int32' : kernelName === Mean ? 'float32' : x.dtype;
    const neutral = name ? 0 : NEUTRAL[kernelName]?.[dtype];
    if (neutral === undefined) return kernel(args);
    return tensor(new Array<number>(size).fill(neutral), shape, dtype as 'float32');
  };
}

/** The reductions of a backend, corrected for empty axes. */
export const emptyReductionKernels: BackendKernel<{ x: Tensor }, ReductionAttrs>[] = Object.keys({
  ...NEUTRAL,
  ...UNANSWERED,
}).map((kernelName) => ({
  kernelName,
  make: (original) => withEmptyAxes(kernelName, original!),
}));
