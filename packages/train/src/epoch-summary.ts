import type { Evaluation } from './evaluation.js';

/** The results of one epoch. */
export interface EpochSummary {
  epoch: number;
  /** Means over the epoch's training images, measured while they were trained on. */
  loss: number;
  accuracy: number;
  /** On the evaluation batches, after the epoch. */
  evaluation: Evaluation | null;
  /** Seconds in training steps, without evaluation. */
  seconds: number;
  images: number;
}
