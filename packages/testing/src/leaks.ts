import { dispose, memory, type TensorContainer } from '@tensorflow/tfjs-core';

/** How many tensors an op leaves behind besides its result, which is disposed. */
export function leakedTensors(op: () => TensorContainer): number {
  const before = memory().numTensors;
  dispose(op());
  return memory().numTensors - before;
}
