import { backend, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';

/** The part of tfjs's wasm backend that exposes stored values. */
interface HeapBackend {
  typedArrayFromHeap(tensor: TensorInfo): Float32Array;
}

/**
 * Calls `use` with the values of float32 tensors, disposes of the tensors, and returns the result.
 * On wasm the values are views of the backend's memory, without a copy. `use` must not keep them.
 */
export async function useHostValues<Result>(
  tensors: Tensor[],
  use: (values: Float32Array[]) => Result,
): Promise<Result> {
  try {
    const heap = backend() as unknown as Partial<HeapBackend>;
    const values = heap.typedArrayFromHeap
      ? tensors.map((tensor) => heap.typedArrayFromHeap!(tensor))
      : await Promise.all(tensors.map((tensor) => tensor.data<'float32'>()));
    return use(values);
  } finally {
    for (const tensor of tensors) tensor.dispose();
  }
}
