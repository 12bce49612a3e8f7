import { type DataType, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type KernelModule, kernelModule } from '../wasm/kernel-module.js';

/** Bytes of a value, of the dtypes whose values lie in tfjs's wasm memory. */
export const BYTES: Partial<Record<DataType, number>> = { float32: 4, int32: 4, bool: 1 };

/** The bytes of a line: of all values along an axis and along the axes after it. */
export function lineBytes({ shape, dtype }: TensorInfo, axis: number): number {
  return util.sizeFromShape(shape.slice(axis)) * BYTES[dtype]!;
}

/** The module, if lines of these tensors can be copied. */
export function copier(backend: object, tensors: readonly TensorInfo[]): KernelModule | undefined {
  const [{ dtype }] = tensors as [TensorInfo];
  const areAlike = tensors.every((one) => one.dtype === dtype && !one.shape.includes(0));
  return areAlike && BYTES[dtype] ? kernelModule(backend) : undefined;
}
