import { gather, reshape, type Tensor, tensor1d } from '@tensorflow/tfjs-core';

/**
 * Gathers the matrices `items` of a batch `[…, rows, columns]`: `[items, rows, columns]`. An item
 * may appear several times.
 */
export function gatherItems(batch: Tensor, items: Int32Array): Tensor {
  const [rows, columns] = batch.shape.slice(-2) as [number, number];
  const all = reshape(batch, [-1, rows * columns]);
  return reshape(gather(all, tensor1d(items, 'int32')), [items.length, rows, columns]);
}
