import {
  backend_util,
  Concat,
  type ConcatAttrs,
  Pack,
  type PackAttrs,
  SplitV,
  type SplitVAttrs,
  type TensorInfo,
  Unpack,
  type UnpackAttrs,
  util,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import type { KernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import { BYTES, copier, lineBytes } from './copied-lines.js';

/** Copies parts, one after the other along an axis, to the lines of a result. */
function join(module: KernelModule, parts: readonly TensorInfo[], y: TensorInfo, axis: number) {
  const count = util.sizeFromShape(y.shape.slice(0, axis));
  const toStep = lineBytes(y, axis);
  let to = module.address(y);
  for (const part of parts) {
    const bytes = (util.sizeFromShape(part.shape) * BYTES[part.dtype]!) / count;
    const from = module.address(part);
    module.kernels.copyLines({ from, fromStep: bytes, to, toStep, bytes, count });
    to += bytes;
  }
}

/** Copies the lines of x to results of these shapes, one after the other along an axis. */
function part(
  module: KernelModule,
  backend: object,
  x: TensorInfo,
  axis: number,
  shapes: number[][],
): TensorInfo[] {
  const count = util.sizeFromShape(x.shape.slice(0, axis));
  const fromStep = lineBytes(x, axis);
  let offset = 0;
  return shapes.map((shape) => {
    const y = (backend as WasmBackend).makeOutput(shape, x.dtype);
    const bytes = (util.sizeFromShape(shape) * BYTES[x.dtype]!) / count;
    const [from, to] = [module.address(x) + offset, module.address(y)];
    module.kernels.copyLines({ from, fromStep, to, toStep: bytes, bytes, count });
    offset += bytes;
    return y;
  });
}

/** `tf.concat`. tfjs makes a call of JavaScript for each line. */
const concatKernel: BackendKernel<Record<number, TensorInfo>, ConcatAttrs> = {
  kernelName: Concat,
  make: (original) => (args) => {
    const parts = Object.values(args.inputs);
    const module = parts.length > 1 ? copier(args.backend, parts) : undefined;
    if (!module) return original!(args);
    const shapes = parts.map(({ shape }) => shape);
    const [axis] = util.parseAxisParam(args.attrs.axis, shapes[0]!) as [number];
    backend_util.assertParamsConsistent(shapes, axis);
    const shape = backend_util.computeOutShape(shapes, axis);
    const y = (args.backend as WasmBackend).makeOutput(shape, parts[0]!.dtype);
    join(module, parts, y, axis);
    return y;
  },
};

/** `tf.stack`. tfjs makes a call of JavaScript for each line. */
const packKernel: BackendKernel<Record<number, TensorInfo>, PackAttrs> = {
  kernelName: Pack,
  make: (original) => (args) => {
    const parts = Object.values(args.inputs);
    const { axis } = args.attrs;
    const module = parts.length > 1 && axis >= 0 ? copier(args.backend, parts) : undefined;
    const [{ shape, dtype }] = parts as [TensorInfo];
    const areEqual = parts.every((one) => util.arraysEqual(one.shape, shape));
    if (!module || !areEqual) return original!(args);
    const stacked = shape.toSpliced(axis, 0, parts.length);
    const y = (args.backend as WasmBackend).makeOutput(stacked, dtype);
    join(module, parts, y, axis);
    return y;
  },
};

/** `tf.split`. tfjs slices each part, with a call of JavaScript for each line. */
const splitKernel: BackendKernel<{ x: TensorInfo }, SplitVAttrs> = {
  kernelName: SplitV,
  make: (original) => (args) => {
    const { x } = args.inputs;
    const module = copier(args.backend, [x]);
    if (!module) return original!(args);
    const [axis] = util.parseAxisParam(args.attrs.axis, x.shape) as [number];
    const sizes = backend_util.prepareSplitSize(
      x as Parameters<typeof backend_util.prepareSplitSize>[0],
      args.attrs.numOrSizeSplits,
      axis,
    );
    if (!sizes.every((size) => size > 0)) return original!(args);
    const shapes = sizes.map((size) => x.shape.with(axis, size));
    return part(module, args.backend, x, axis, shapes);
  },
};

/** `tf.unstack`. tfjs slices each part, with a call of JavaScript for each line. */
const unpackKernel: BackendKernel<{ value: TensorInfo }, UnpackAttrs> = {
  kernelName: Unpack,
  make: (original) => (args) => {
    const { value } = args.inputs;
    const module = copier(args.backend, [value]);
    if (!module) return original!(args);
    const [axis] = util.parseAxisParam(args.attrs.axis, value.shape) as [number];
    const shape = value.shape.toSpliced(axis, 1);
    const shapes = Array.from({ length: value.shape[axis]! }, () => shape);
    return part(module, args.backend, value, axis, shapes);
  },
};

export const joinKernels: BackendKernel[] = [concatKernel, packKernel, splitKernel, unpackKernel];
