import { backend, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';

/** tfjs's wasm backend, which shows values where they are stored. */
interface HeapBackend {
  typedArrayFromHeap(tensor: TensorInfo): Float32Array;
}

/**
 * Returns what `use` makes of the values of float32 tensors, and disposes the tensors. On wasm the
 * values are views of the backend's memory and nothing is copied, so `use` must not keep them.
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
