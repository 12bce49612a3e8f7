import {
  Add,
  broadcast_util,
  Equal,
  Greater,
  GreaterEqual,
  getKernel,
  type KernelFunc,
  Less,
  LessEqual,
  LogicalAnd,
  LogicalOr,
  Maximum,
  Minimum,
  Multiply,
  type NamedTensorInfoMap,
  NotEqual,
  Pow,
  RealDiv,
  SquaredDifference,
  Sub,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { registerKernels } from '../replaced-kernels.js';
import { kernelsOn, type Repair, SEEN_IN } from './repair.js';

/** The highest rank at which the programs of each backend are right. */
const MOST: Record<string, number> = { wasm: 6, webgpu: 4 };

const BINARY = [
  Add,
  Sub,
  Multiply,
  RealDiv,
  Maximum,
  Minimum,
  SquaredDifference,
  Pow,
  Equal,
  NotEqual,
  Greater,
  GreaterEqual,
  Less,
  LessEqual,
  LogicalAnd,
  LogicalOr,
];

/**
 * Merges neighbouring axes if both inputs behave alike along them. Nearly always few axes are left.
 */
export const highRankBroadcast: Repair = {
  name: `${BINARY.join(', ')} at high rank`,
  seenIn: SEEN_IN,
  wrong:
    'leaves uninitialised memory on wasm from rank 7 on, ' +
    'and on WebGPU at rank 5 and 6 where one input is a vector',
  backends: Object.keys(MOST),
  changes: kernelsOn(Object.keys(MOST), BINARY),
  install: (backend) => {
    const names = BINARY.filter((name) => getKernel(name, backend));
    registerKernels(
      backend,
      names.map((kernelName) => ({
        kernelName,
        isWrapper: true,
        make: (original) => merging(kernelName, original!, backend),
      })),
    );
  },
};

function merging(name: string, original: KernelFunc, backend: string): KernelFunc {
  const most = MOST[backend]!;
  return (args) => {
    const { a, b } = args.inputs as Record<'a' | 'b', TensorInfo>;
    if (Math.max(a.shape.length, b.shape.length) <= most) return original(args);
    const shape = broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
    const [left, right] = mergedAxes(a.shape, b.shape, shape.length);
    if (left.length > 6) {
      throw new Error(
        `${name}: the inputs must be stretched to each other along at most 6 groups of axes, ` +
          `got shapes [${a.shape}] and [${b.shape}]`,
      );
    }
    const inputs = { a: { ...a, shape: left }, b: { ...b, shape: right } };
    const y = original({ ...args, inputs: inputs as NamedTensorInfoMap }) as TensorInfo;
    return { ...y, shape };
  };
}

/**
 * Returns both shapes without axes of size 1. Neighbouring axes are merged if no input is stretched
 * along them, or if the same one is.
 */
function mergedAxes(a: number[], b: number[], rank: number): [number[], number[]] {
  const merged: [number[], number[]] = [[], []];
  let before = '';
  for (let axis = 0; axis < rank; axis++) {
    const left = a[axis + a.length - rank] ?? 1;
    const right = b[axis + b.length - rank] ?? 1;
    if (left === 1 && right === 1) continue;
    const kind = left === right ? 'whole' : left === 1 ? 'left' : 'right';
    if (kind === before) {
      merged[0].push(merged[0].pop()! * left);
      merged[1].push(merged[1].pop()! * right);
    } else {
      merged[0].push(left);
      merged[1].push(right);
    }
    before = kind;
  }
  return merged;
}
