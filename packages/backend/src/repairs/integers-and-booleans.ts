import type { BackendKernel } from '@ds/kernels/tfjs';
import {
  Abs,
  Acos,
  Acosh,
  Asin,
  Asinh,
  Atan,
  Atan2,
  Atanh,
  Bincount,
  broadcast_util,
  Cast,
  type CastAttrs,
  ClipByValue,
  cast,
  type DataType,
  DenseBincount,
  Exp,
  Expm1,
  engine,
  equal,
  FloorDiv,
  FusedBatchNorm,
  gather,
  getKernel,
  IsFinite,
  IsInf,
  IsNan,
  LeakyRelu,
  Log1p,
  less,
  logicalAnd,
  logicalNot,
  Mod,
  mul,
  Neg,
  notEqual,
  OneHot,
  type OneHotAttrs,
  Pow,
  Prelu,
  RealDiv,
  Reciprocal,
  Relu,
  Relu6,
  ResizeNearestNeighbor,
  type ResizeNearestNeighborAttrs,
  Reverse,
  Round,
  range,
  reshape,
  SearchSorted,
  Select,
  Selu,
  Sign,
  Sinh,
  Softplus,
  SparseFillEmptyRows,
  SparseSegmentMean,
  SparseSegmentSum,
  Square,
  Step,
  scalar,
  type Tensor,
  type Tensor1D,
  type TensorInfo,
  TopK,
  tensor,
  tidy,
  where,
  zeros,
} from '@tensorflow/tfjs-core';
import { registerKernels } from '../replacements/kernels.js';
import { kernelsOn, type Repair } from './repair.js';

/**
 * A kernel that computes wrong results for `dtypes`, but correct ones for the dtype `via`.
 */
interface Mistake {
  dtypes: DataType[];
  via: 'int32' | 'float32';
  /** The input whose dtype the result has. Default `x`. */
  input?: string;
  /** The dtype of the result, if it is another one. */
  result?: DataType;
  /** The position of the values among several results. The others are positions. Default 0. */
  output?: number;
}

const BOOLEANS: Mistake = { dtypes: ['bool'], via: 'int32' };
const ALL_BUT_FLOATS: Mistake = { dtypes: ['int32', 'bool'], via: 'float32' };

const MISTAKES: Record<string, Mistake> = {
  [Abs]: BOOLEANS,
  [Neg]: BOOLEANS,
  [Relu]: BOOLEANS,
  [Relu6]: BOOLEANS,
  [Selu]: BOOLEANS,
  [Softplus]: BOOLEANS,
  [Sinh]: BOOLEANS,
  [Reverse]: BOOLEANS,
  [Round]: BOOLEANS,
  [Select]: { ...BOOLEANS, input: 't' },
  [Sign]: BOOLEANS,
  [Square]: BOOLEANS,
  [Step]: BOOLEANS,
  [Exp]: { ...BOOLEANS, result: 'float32' },
  // As of int32, it has fractions.
  [Expm1]: { ...BOOLEANS, result: 'float32' },
  [ClipByValue]: BOOLEANS,
  [Acos]: ALL_BUT_FLOATS,
  [Acosh]: ALL_BUT_FLOATS,
  [Asin]: ALL_BUT_FLOATS,
  [Asinh]: ALL_BUT_FLOATS,
  [Atan]: BOOLEANS,
  [Atan2]: { ...BOOLEANS, input: 'a' },
  [Atanh]: ALL_BUT_FLOATS,
  [Log1p]: ALL_BUT_FLOATS,
  [LeakyRelu]: { dtypes: ['bool'], via: 'float32', result: 'float32' },
  [Prelu]: { ...ALL_BUT_FLOATS, result: 'float32' },
  [FusedBatchNorm]: ALL_BUT_FLOATS,
  [Reciprocal]: ALL_BUT_FLOATS,
  [IsFinite]: { ...ALL_BUT_FLOATS, result: 'bool' },
  [IsInf]: { ...ALL_BUT_FLOATS, result: 'bool' },
  [IsNan]: { ...ALL_BUT_FLOATS, result: 'bool' },
  [TopK]: BOOLEANS,
  [SearchSorted]: { ...BOOLEANS, input: 'values', result: 'int32' },
  [Bincount]: { ...BOOLEANS, input: 'weights' },
  [DenseBincount]: { ...BOOLEANS, input: 'weights' },
  [SparseSegmentSum]: { ...BOOLEANS, input: 'data' },
  [SparseSegmentMean]: { ...BOOLEANS, input: 'data' },
  [SparseFillEmptyRows]: { ...BOOLEANS, input: 'values', output: 1 },
};

/** Casts integers and booleans to a dtype that the kernel supports, and casts the result back. */
export const integersAndBooleans: Repair = {
  name: 'kernels of int32 and bool',
  wrong:
    'reads their bits as floats, or bytes as words: ' +
    'garbage, uninitialised memory, writes past the end; ' +
    'returns −2³¹ for a quotient by zero and for other values that are not finite; ' +
    'a cast to bool keeps 2 as 2',
  backends: ['wasm'],
  changes: kernelsOn(
    ['wasm'],
    [Cast, FloorDiv, Mod, Pow, RealDiv, ResizeNearestNeighbor, OneHot, ...Object.keys(MISTAKES)],
  ),
  install: () => {
    const kernels = Object.entries(MISTAKES).map(([name, mistake]) => converting(name, mistake));
    const all = [quotient, ratio, remainder, power, nearestNeighbor, oneHotOfAnyDtype, ...kernels];
    registerKernels('wasm', [
      castToBoolean,
      ...all.filter(({ kernelName }) => getKernel(kernelName, 'wasm')),
    ]);
  },
};

const castToBoolean: BackendKernel<{ x: Tensor }, CastAttrs> = {
  kernelName: Cast,
  make: (original) => (args) => {
    const { x } = args.inputs;
    const { dtype } = args.attrs;
    if (dtype !== 'bool' || (x.dtype !== 'float32' && x.dtype !== 'int32')) return original!(args);
    return tidy(() => notEqual(x, scalar(0, x.dtype)));
  },
};

type Compute = (a: Tensor, b: Tensor) => Tensor;

/** Wraps a kernel of two integers, or of two booleans. tfjs gives both inputs one dtype. */
function ofTwo(
  kernelName: string,
  replacements: { int32?: (original: Compute) => Compute; bool?: Compute },
): BackendKernel<{ a: Tensor; b: Tensor }, unknown> {
  return {
    kernelName,
    isWrapper: true,
    make: (original) => (args) => {
      const { a, b } = args.inputs;
      const run: Compute = (one, other) =>
        trackedTensors(original!({ ...args, inputs: { a: one, b: other } }))[0]!;
      const { int32, bool } = replacements;
      if (a.dtype === 'int32' && int32) return tidy(() => int32(run)(a, b));
      return a.dtype === 'bool' && bool ? tidy(() => bool(a, b)) : original!(args);
    },
  };
}

const isZero = (x: Tensor) => equal(x, scalar(0, 'int32'));

/** As on cpu, x / 0 is 0 in whole numbers. So the quotient of booleans is 1 for 1 / 1 only. */
const quotient = ofTwo(FloorDiv, {
  int32: (divide) => (a, b) => mul(divide(a, b), cast(logicalNot(isZero(b)), 'int32')),
  bool: (a, b) => cast(logicalAnd(a, b), 'int32'),
});

/** The same as a bool. `tf.div` of integers is the quotient above. */
const ratio = ofTwo(RealDiv, { bool: logicalAnd });

/** As on cpu, the remainder of a division by 0 is 0. So that of booleans is always 0. */
const remainder = ofTwo(Mod, {
  int32: (divide) => (a, b) => divide(a, where(isZero(b), scalar(1, 'int32'), b)),
  bool: (a, b) => zeros(broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape), 'bool'),
});

/** As on cpu, a negative power of 0 is 0 in whole numbers. */
const power = ofTwo(Pow, {
  int32: (raise) => (a, b) => {
    const isEndless = logicalAnd(isZero(a), less(b, scalar(0, 'int32')));
    return mul(raise(a, b), cast(logicalNot(isEndless), 'int32'));
  },
});

/** Resizes an image of the positions of pixels, and gathers those. tfjs's kernel returns floats. */
const nearestNeighbor: BackendKernel<{ images: Tensor }, ResizeNearestNeighborAttrs> = {
  kernelName: ResizeNearestNeighbor,
  isWrapper: true,
  make: (original) => (args) => {
    const { images } = args.inputs;
    if (images.dtype !== 'int32') return original!(args);
    const [batch, height, width, channels] = images.shape as [number, number, number, number];
    const shape = [batch, ...args.attrs.size, channels];
    if (images.size === 0) return zeros(shape, 'int32');
    return tidy(() => {
      const positions = reshape(range(0, height * width), [1, height, width, 1]);
      const [nearest] = trackedTensors(original!({ ...args, inputs: { images: positions } }));
      const indices = cast(reshape(nearest!, [-1]), 'int32') as Tensor1D;
      const pixels = reshape(images, [batch, height * width, channels]);
      return reshape(gather(pixels, indices, 1), shape);
    });
  },
};

/** tfjs's kernel writes integers into the memory of every dtype. */
const oneHotOfAnyDtype: BackendKernel<{ indices: Tensor }, OneHotAttrs> = {
  kernelName: OneHot,
  isWrapper: true,
  make: (original) => (args) => {
    const { dtype } = args.attrs;
    if (dtype === 'int32') return original!(args);
    return tidy(() => {
      const attrs = { ...args.attrs, onValue: 1, offValue: 0, dtype: 'int32' as const };
      const [isHot] = trackedTensors(original!({ ...args, attrs }));
      const { onValue, offValue } = args.attrs;
      const value = (one: number) => cast(scalar(one), dtype);
      return where(cast(isHot!, 'bool'), value(onValue), value(offValue));
    });
  },
};

/** The results of a kernel as tensors that tfjs tracks. A kernel of ops returns such tensors. */
const trackedTensors = (results: TensorInfo | TensorInfo[]): Tensor[] =>
  [results]
    .flat()
    .map((info) => ('rank' in info ? (info as Tensor) : engine().makeTensorFromTensorInfo(info)));

function converting(
  kernelName: string,
  { dtypes, via, input = 'x', result, output = 0 }: Mistake,
): BackendKernel<Record<string, Tensor>, unknown> {
  const isMistaken = ([name, tensor]: [string, Tensor | undefined]) =>
    name !== 'condition' && tensor !== undefined && dtypes.includes(tensor.dtype);
  return {
    kernelName,
    isWrapper: true,
    make: (original) => (args) => {
      // Scale and offset are optional.
      const inputs = Object.entries(args.inputs);
      if (!inputs.some(isMistaken)) return original!(args);
      return tidy(() => {
        const known = inputs.map((one) => [one[0], isMistaken(one) ? cast(one[1], via) : one[1]]);
        const results = trackedTensors(original!({ ...args, inputs: Object.fromEntries(known) }));
        const back = inDtype(results[output]!, result ?? args.inputs[input]!.dtype);
        return results.length > 1 ? results.with(output, back) : back;
      });
    },
  };
}

/**
 * Truncates fractions for integers and booleans. As on cpu, NaN and infinities are 0 then; tfjs's
 * cast on wasm returns −2³¹.
 */
function inDtype(y: Tensor, dtype: DataType): Tensor {
  if (dtype === 'float32' || y.dtype !== 'float32') return cast(y, dtype);
  return cast(tensor(Int32Array.from(y.dataSync()), y.shape, 'int32'), dtype);
}
