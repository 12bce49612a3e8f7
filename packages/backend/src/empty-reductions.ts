import {
  All,
  Any,
  ArgMax,
  ArgMin,
  backend_util,
  type DataType,
  type KernelFunc,
  Max,
  Mean,
  Min,
  Prod,
  Sum,
  type Tensor,
  tensor,
  util,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from './replaced-kernels.js';

/** What a reduction of no values is, by the type of its result. */
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

/** The type of a reduction's result. */
const resultType = (kernelName: string, dtype: DataType): DataType =>
  kernelName === Mean ? 'float32' : dtype;

interface Reduction {
  axis?: number | number[];
  /** Called so by `Max`. */
  reductionIndices?: number | number[];
  keepDims?: boolean;
}

/**
 * Reductions over axes without entries: a sum is 0, a product 1, a maximum −∞ and a minimum ∞ (of integers the least and the
 * largest), a mean NaN, `any` false and `all` true. tfjs 4.22 leaves them uninitialised on wasm, fails on WebGPU, and on cpu has 0
 * for means and NaN for maxima. `argMax` and `argMin`, which have no answer, refuse.
 */
export const emptyReductionKernels: BackendKernel[] = [
  ...Object.entries(NEUTRAL).map(([kernelName, neutral]) => ({
    kernelName,
    make: reduction((shape, dtype) => {
      const value = neutral[resultType(kernelName, dtype)];
      if (value === undefined) return null;
      const values = new Array<number>(util.sizeFromShape(shape)).fill(value);
      return tensor(values, shape, resultType(kernelName, dtype) as 'float32');
    }),
  })),
  ...[ArgMax, ArgMin].map((kernelName) => ({
    kernelName,
    make: reduction((shape, _, given) => {
      if (util.sizeFromShape(shape) === 0) return tensor([], shape, 'int32');
      const name = kernelName === ArgMax ? 'argMax' : 'argMin';
      throw new Error(`${name}: the axis must not be empty, got shape [${given}]`);
    }),
  })),
];

/** Takes empty tensors to `answer`, which may leave them to the kernel that was there, as all others are. */
function reduction(answer: (shape: number[], dtype: DataType, given: number[]) => Tensor | null) {
  return (original: KernelFunc | undefined): KernelFunc =>
    (args) => {
      const { x } = args.inputs as unknown as { x: Tensor };
      if (x.size !== 0) return original!(args);
      const { axis, reductionIndices, keepDims } = args.attrs as unknown as Reduction;
      const axes = util.parseAxisParam(axis ?? reductionIndices ?? null!, x.shape);
      const [shape] = backend_util.computeOutAndReduceShapes(x.shape, axes);
      const outShape = keepDims ? backend_util.expandShapeToKeepDim(shape, axes) : shape;
      return answer(outShape, x.dtype, x.shape) ?? original!(args);
    };
}
