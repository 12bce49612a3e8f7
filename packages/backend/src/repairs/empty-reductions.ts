import {
  All,
  Any,
  fill,
  getKernel,
  type KernelFunc,
  Max,
  Mean,
  Min,
  Prod,
  Sum,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { registerKernels } from '../replaced-kernels.js';
import { type Repair, SEEN_IN } from './repair.js';

/** What comes of no values, where that is anything. */
const OF_NOTHING: Record<string, number | null> = {
  [Sum]: 0,
  [Prod]: 1,
  [Any]: 0,
  [All]: 1,
  [Max]: null,
  [Min]: null,
  [Mean]: null,
};

/** Reductions over an axis of size 0 give what no values come to, or are refused. */
export const emptyReductions: Repair = {
  name: `${Object.keys(OF_NOTHING).join(', ')} over an empty axis`,
  seenIn: SEEN_IN,
  wrong: 'gives uninitialised memory',
  backends: ['wasm'],
  install: (backend) => {
    const names = Object.keys(OF_NOTHING).filter((name) => getKernel(name, backend));
    registerKernels(
      backend,
      names.map((kernelName) => ({
        kernelName,
        make: (original) => checking(kernelName, original!),
      })),
    );
  },
};

/** tfjs's maximum calls its axes otherwise. */
interface ReductionAttrs {
  axis?: number | number[];
  reductionIndices?: number | number[];
  keepDims: boolean;
}

function checking(name: string, original: KernelFunc): KernelFunc {
  return (args) => {
    const { x } = args.inputs as { x: TensorInfo };
    if (util.sizeFromShape(x.shape) > 0) return original(args);
    const { axis, reductionIndices, keepDims } = args.attrs as unknown as ReductionAttrs;
    const axes = util.parseAxisParam(axis ?? reductionIndices!, x.shape);
    const kept = x.shape.map((side, at) => (axes.includes(at) ? 1 : side));
    const shape = keepDims ? kept : kept.filter((_, at) => !axes.includes(at));
    const value = OF_NOTHING[name];
    if (value === null && util.sizeFromShape(shape) > 0) {
      throw new Error(
        `${name.toLowerCase()}: an axis to reduce must not be empty, got shape [${x.shape}] and axes [${axes}]`,
      );
    }
    return fill(shape, value ?? 0, x.dtype as 'float32');
  };
}
