import { dispose, memory, type TensorContainer } from '@tensorflow/tfjs-core';

/** The number of tensors that an op leaks. Its result is disposed and does not count. */
export function leakedTensors(op: () => TensorContainer): number {
  const before = memory().numTensors;
  dispose(op());
  return memory().numTensors - before;
}
