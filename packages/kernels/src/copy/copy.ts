import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { copyFromKernel, copyIntoKernel } from './contract.js';

/** Copies the values of a float32 tensor into an array of the same length. */
export function copyInto(x: Tensor, target: Float32Array): void {
  if (copyIntoKernel.isHere()) copyIntoKernel.run({ x }, { target });
  else target.set(x.dataSync<'float32'>());
}

/** Makes a float32 tensor from the values of an array. The array may be overwritten afterwards. */
export function copyFrom(source: Float32Array, shape: number[]): Tensor {
  if (copyFromKernel.isHere()) return copyFromKernel.run({}, { source, shape });
  return tensor(source.slice(), shape);
}
