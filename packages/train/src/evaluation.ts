import type { NonFiniteRow } from './non-finite-row.js';

/** The evaluation of one output of a model on a dataset. */
export interface TaskEvaluation {
  /** Mean cross-entropy, in nats. It is not finite if the loss of any image is not finite. */
  loss: number;
  /**
   * Share of right predictions, 0 … 1. With `binaryCrossEntropy`, share of right decisions: a logit
   * above 0 decides for its class.
   */
  accuracy: number;
  /**
   * Share of images whose class is among the five with the largest logits. With
   * `binaryCrossEntropy` it equals `accuracy`.
   */
  top5: number;
  /**
   * With `binaryCrossEntropy`: mean average precision over the classes, 0 … 1. Absent with
   * replicas, since each of them sees a part of the scores. NaN if no class has a positive label.
   */
  meanAveragePrecision?: number;
  /** With `binaryCrossEntropy`: mean area under the ROC curve. Absent and NaN likewise. */
  auc?: number;
  /**
   * Number of images with a value, a label or a logit that is not finite. They count as wrong, in
   * `accuracy` and in `top5`.
   */
  nonFinite: number;
}

/** The first image of a set that is not finite, or has labels or logits that are not. */
export interface NonFinitePrediction extends NonFiniteRow {
  /** Its batch, counted from 0. `image` is counted within the batch. */
  batch: number;
  /** The image's file, if the batch has `files`. */
  file?: string;
}

/**
 * The evaluation of a model on a dataset. With several outputs the values are means over the
 * outputs, but `nonFinite` counts the images with any output that is not finite.
 */
export interface Evaluation extends TaskEvaluation {
  /** Number of images. */
  count: number;
  /** The first of the `nonFinite` images, if there is one. */
  firstNonFinite?: NonFinitePrediction;
  /** Present if the signal came before the last batch. Then the numbers are of `count` images. */
  stopped?: true;
  /** Each output by itself, where there are several. */
  tasks?: TaskEvaluation[];
}
