import type { BackendKernel } from '@ds/kernels/tfjs';
import {
  Bincount,
  CropAndResize,
  DenseBincount,
  GatherNd,
  getKernel,
  type KernelBackend,
  ScatterNd,
  SparseToDense,
  type TensorInfo,
  TensorScatterUpdate,
} from '@tensorflow/tfjs-core';
import { registerKernels } from '../replacements/kernels.js';
import { kernelsOn, type Repair } from './repair.js';

type Inputs = Record<string, TensorInfo>;

/** Indices into axes of a tensor: rows of numbers, one for each of the first axes. */
interface Indexed {
  /** The name of the op and of the argument. */
  op: string;
  name: string;
  /** The name of the kernel's input. */
  input: string;
  /** The sizes of the axes that the rows index. */
  sizes(inputs: Inputs, attrs: Record<string, number[]>): readonly number[];
}

/** The last axis of the indices has one number for each axis that they index. */
const OF_LAST_AXIS: Record<string, Indexed> = {
  [GatherNd]: {
    ...{ op: 'gatherND', name: 'indices', input: 'indices' },
    sizes: ({ params }) => params!.shape,
  },
};

/** Each number is an index, unless the indices have several axes. */
const OF_NUMBERS: Record<string, Indexed> = {
  [ScatterNd]: {
    ...{ op: 'scatterND', name: 'indices', input: 'indices' },
    sizes: (_inputs, { shape }) => shape!,
  },
  [TensorScatterUpdate]: {
    ...{ op: 'tensorScatterUpdate', name: 'indices', input: 'indices' },
    sizes: ({ tensor }) => tensor!.shape,
  },
  [SparseToDense]: {
    ...{ op: 'sparseToDense', name: 'sparseIndices', input: 'sparseIndices' },
    sizes: (_inputs, { outputShape }) => outputShape!,
  },
  [CropAndResize]: {
    ...{ op: 'image.cropAndResize', name: 'boxInd', input: 'boxInd' },
    sizes: ({ image }) => image!.shape.slice(0, 1),
  },
};

/** A count ignores numbers from its size on, but takes no negative ones. */
const COUNTS = [Bincount, DenseBincount];

const KERNELS = [...Object.keys(OF_LAST_AXIS), ...Object.keys(OF_NUMBERS), ...COUNTS];

/** Refuses indices outside a tensor. On cpu, tfjs refuses most of them. */
export const indices: Repair = {
  name: 'GatherNd, ScatterNd, TensorScatterUpdate, SparseToDense, CropAndResize, Bincount',
  wrong: 'reads or writes outside the tensor where an index does not lie in it',
  backends: ['wasm'],
  changes: kernelsOn(['wasm'], KERNELS),
  install: () =>
    registerKernels('wasm', KERNELS.filter((name) => getKernel(name, 'wasm')).map(checked)),
};

function checked(kernelName: string): BackendKernel<Inputs, Record<string, number[]>> {
  return {
    kernelName,
    isWrapper: true,
    make: (original) => (args) => {
      const { inputs, attrs } = args;
      const read = (one: TensorInfo) =>
        (args.backend as KernelBackend).readSync(one.dataId) as Int32Array;
      if (COUNTS.includes(kernelName)) requireNotNegative(kernelName, read(inputs.x!));
      else requireInside(kernelName, inputs, attrs, read);
      return original!(args);
    },
  };
}

function requireInside(
  kernelName: string,
  inputs: Inputs,
  attrs: Record<string, number[]>,
  read: (tensor: TensorInfo) => Int32Array,
): void {
  const indexed = OF_LAST_AXIS[kernelName] ?? OF_NUMBERS[kernelName]!;
  const tensor = inputs[indexed.input]!;
  const { shape } = tensor;
  const isRow = kernelName in OF_LAST_AXIS ? shape.length > 0 : shape.length > 1;
  const depth = isRow ? shape.at(-1)! : 1;
  const sizes = indexed.sizes(inputs, attrs).slice(0, depth);
  const values = read(tensor);
  const at = values.findIndex((index, i) => index < 0 || index >= (sizes[i % depth] ?? Infinity));
  if (at === -1) return;
  const row = values.slice(at - (at % depth), at - (at % depth) + depth);
  throw new Error(
    `${indexed.op}: ${indexed.name} must lie in axes of ${sizes.join('×')}, ` +
      `got ${depth > 1 ? `[${row.join(', ')}]` : row[0]}`,
  );
}

function requireNotNegative(kernelName: string, values: Int32Array): void {
  const negative = values.find((value) => value < 0);
  if (negative === undefined) return;
  const op = kernelName === DenseBincount ? 'denseBincount' : 'bincount';
  throw new Error(`${op}: x must not be negative, got ${negative}`);
}
