import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';

/**
 * Images, and their labels as distributions over classes. {@link Batches} documents their
 * disposal.
 */
export interface LabelledBatch {
  images: Tensor;
  /**
   * Of a model with several outputs, one tensor for each, in their order. Each row has values >= 0
   * with the sum 1, or zeros to ignore the image. With `binaryCrossEntropy` values are in [0, 1].
   * Labels on a GPU are not checked.
   */
  labels: Tensor2D | Tensor2D[];
  /** The file of each image, if the images come from files. Errors name it. */
  files?: string[];
}

/**
 * Batches as they come: a list, or an iterator that reads and decodes some while others are trained
 * on.
 *
 * Tensors that exist before a pass belong to the caller. It may use them again, and disposes of
 * them. Tensors that are made in the pass, by the function that makes the batches or by their
 * iterator, belong to the loop, which disposes of them after use. tfjs's `keep` excepts a tensor
 * from this. A pass is an epoch of training, or an evaluation.
 */
export type Batches = Iterable<LabelledBatch> | AsyncIterable<LabelledBatch>;

/**
 * The batches of an epoch. A resumed training calls `from` to begin in the middle of the epoch. If
 * a source lacks it, the earlier batches are made and disposed of.
 */
export type BatchSource = Batches & { from?: (batch: number) => Batches };
