import type { BackendKernel } from '@ds/kernels/tfjs';
import {
  Abs,
  broadcast_util,
  Cast,
  type CastAttrs,
  ClipByValue,
  cast,
  type DataType,
  Exp,
  engine,
  FloorDiv,
  FusedBatchNorm,
  getKernel,
  IsFinite,
  IsInf,
  IsNan,
  LeakyRelu,
  logicalAnd,
  Mod,
  Neg,
  notEqual,
  Prelu,
  Reciprocal,
  Relu,
  Reverse,
  Round,
  Select,
  Sign,
  Square,
  Step,
  scalar,
  type Tensor,
  TopK,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { registerKernels } from '../replacements/kernels.js';
import { kernelsOn, type Repair } from './repair.js';

/**
 * A kernel that computes wrong results for `dtypes`, but correct ones for the dtype `via`. `result`
 * is the dtype of its result, if it differs from the input's.
 */
interface Mistake {
  dtypes: DataType[];
  via: 'int32' | 'float32';
  result?: DataType;
}

const BOOLEANS: Mistake = { dtypes: ['bool'], via: 'int32' };
const ALL_BUT_FLOATS: Mistake = { dtypes: ['int32', 'bool'], via: 'float32' };

const MISTAKES: Record<string, Mistake> = {
  [Abs]: BOOLEANS,
  [Neg]: BOOLEANS,
  [Relu]: BOOLEANS,
  [Reverse]: BOOLEANS,
  [Round]: BOOLEANS,
  [Select]: BOOLEANS,
  [Sign]: BOOLEANS,
  [Square]: BOOLEANS,
  [Step]: BOOLEANS,
  [Exp]: { ...BOOLEANS, result: 'float32' },
  [ClipByValue]: BOOLEANS,
  [LeakyRelu]: { dtypes: ['bool'], via: 'float32', result: 'float32' },
  [Prelu]: { ...ALL_BUT_FLOATS, result: 'float32' },
  [FusedBatchNorm]: ALL_BUT_FLOATS,
  [Reciprocal]: ALL_BUT_FLOATS,
  [IsFinite]: { ...ALL_BUT_FLOATS, result: 'bool' },
  [IsInf]: { ...ALL_BUT_FLOATS, result: 'bool' },
  [IsNan]: { ...ALL_BUT_FLOATS, result: 'bool' },
  [TopK]: BOOLEANS,
};

/** Casts integers and booleans to a dtype that the kernel supports, and casts the result back. */
export const integersAndBooleans: Repair = {
  name: `${Object.keys(MISTAKES).join(', ')}, FloorDiv, Mod, Cast of int32 and bool`,
  wrong:
    'reads their bits as floats, or bytes as words: ' +
    'garbage, uninitialised memory, writes past the end; ' +
    'a cast to bool keeps 2 as 2',
  backends: ['wasm'],
  changes: kernelsOn(['wasm'], [Cast, FloorDiv, Mod, ...Object.keys(MISTAKES)]),
  install: () => {
    const kernels = Object.entries(MISTAKES).map(([name, mistake]) => converting(name, mistake));
    const all = [quotient, remainder, ...kernels];
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

/** As on cpu, x / 0 is 0 in whole numbers. So the quotient of booleans is 1 for 1 / 1 only. */
const quotient = ofBooleans(FloorDiv, (a, b) => cast(logicalAnd(a, b), 'int32'));

/** The remainder of booleans is always 0. */
const remainder = ofBooleans(Mod, (a, b) =>
  zeros(broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape), 'bool'),
);

/** Replaces a kernel of two booleans, which tfjs gives one dtype. */
function ofBooleans(
  kernelName: string,
  compute: (a: Tensor, b: Tensor) => Tensor,
): BackendKernel<{ a: Tensor; b: Tensor }, unknown> {
  return {
    kernelName,
    isWrapper: true,
    make: (original) => (args) => {
      const { a, b } = args.inputs;
      return a.dtype === 'bool' ? tidy(() => compute(a, b)) : original!(args);
    },
  };
}

function converting(
  kernelName: string,
  { dtypes, via, result }: Mistake,
): BackendKernel<Record<string, Tensor>, unknown> {
  const isMistaken = (dtype?: DataType) => dtype !== undefined && dtypes.includes(dtype);
  return {
    kernelName,
    isWrapper: true,
    make: (original) => (args) => {
      const { inputs } = args;
      // A selection has the dtype of its values.
      const { dtype } = inputs.t ?? inputs.x!;
      // The slopes of PReLU have a dtype of their own.
      if (![dtype, inputs.alpha?.dtype].some(isMistaken)) return original!(args);
      return tidy(() => {
        const known = Object.entries(inputs).map(([name, tensor]) => [
          name,
          // Scale and offset are optional.
          name === 'condition' || !isMistaken(tensor?.dtype) ? tensor : cast(tensor, via),
        ]);
        const infos = [original!({ ...args, inputs: Object.fromEntries(known) })].flat();
        const [y, ...others] = infos.map((info) => engine().makeTensorFromTensorInfo(info));
        // Truncates fractions first: a boolean holds whole numbers only.
        const whole = dtype === 'bool' && !result ? cast(y!, 'int32') : y!;
        const back = cast(whole, result ?? dtype);
        // Other results are positions.
        return others.length > 0 ? [back, ...others] : back;
      });
    },
  };
}
