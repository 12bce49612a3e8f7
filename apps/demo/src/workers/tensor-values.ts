import { backend, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';

/** tfjs's wasm backend, which can show values where they lie. */
interface HeapBackend {
  typedArrayFromHeap(tensor: TensorInfo): Float32Array;
}

/**
 * What `use` makes of the values of tensors, which are gone after it, as are the tensors. On wasm nothing is copied: fresh memory
 * for what is used once can cost more than the work on it.
 */
export async function useValues<Result>(
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
