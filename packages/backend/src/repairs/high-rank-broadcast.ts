import type { BackendKernel } from '@ds/kernels/tfjs';
import {
  Add,
  Atan2,
  BitwiseAnd,
  broadcast_util,
  Equal,
  FloorDiv,
  Greater,
  GreaterEqual,
  getKernel,
  Less,
  LessEqual,
  LogicalAnd,
  LogicalOr,
  LogicalXor,
  Maximum,
  Minimum,
  Mod,
  Multiply,
  NotEqual,
  Pow,
  Prelu,
  RealDiv,
  SquaredDifference,
  Sub,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { registerKernels } from '../replacements/kernels.js';
import { kernelsOn, type Repair } from './repair.js';

/** The highest rank for which the programs of each backend are correct. */
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
  Atan2,
  FloorDiv,
  Mod,
];

/**
 * Kernels of one backend. WebGPU has no logical XOR and no bitwise AND. On wasm, the PReLU of
 * `@ds/kernels` broadcasts at any rank.
 */
const OF_BACKEND: Record<string, string[]> = {
  wasm: [LogicalXor, BitwiseAnd],
  webgpu: [Prelu],
};

const kernelsOf = (backend: string) => [...BINARY, ...OF_BACKEND[backend]!];

/**
 * Merges neighbouring axes along which both inputs broadcast alike. Nearly always few axes remain.
 */
export const highRankBroadcast: Repair = {
  name: 'kernels of two inputs at high rank',
  wrong:
    'leaves uninitialised memory on wasm from rank 7 on, ' +
    'and on WebGPU at rank 5 and 6 if one input is a vector',
  backends: Object.keys(MOST),
  changes: Object.keys(MOST).flatMap((backend) => kernelsOn([backend], kernelsOf(backend))),
  install: (backend) => {
    const names = kernelsOf(backend).filter((name) => getKernel(name, backend));
    registerKernels(
      backend,
      names.map((name) => merging(name, MOST[backend]!)),
    );
  },
};

function merging(
  kernelName: string,
  most: number,
): BackendKernel<Record<string, TensorInfo>, unknown> {
  const [one, other] = kernelName === Prelu ? ['x', 'alpha'] : ['a', 'b'];
  return {
    kernelName,
    isWrapper: true,
    make: (original) => (args) => {
      const a = args.inputs[one!]!;
      const b = args.inputs[other!]!;
      if (Math.max(a.shape.length, b.shape.length) <= most) return original!(args);
      const shape = broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
      const [left, right] = mergedAxes(a.shape, b.shape, shape.length);
      if (left.length > 6) {
        throw new Error(
          `${kernelName}: the inputs must broadcast to each other along at most 6 groups of axes, ` +
            `got shapes [${a.shape}] and [${b.shape}]`,
        );
      }
      const inputs = { [one!]: { ...a, shape: left }, [other!]: { ...b, shape: right } };
      const y = original!({ ...args, inputs }) as TensorInfo;
      return { ...y, shape };
    },
  };
}

/**
 * Returns both shapes without axes of size 1. Neighbouring axes are merged if no input is broadcast
 * along them, or if the same input is.
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
