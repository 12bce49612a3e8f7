import { isUsable } from './non-finite-row.js';
import { meanAveragePrecision, meanRocAuc } from './ranking-metrics.js';
import { type OutputShape, unpackMeasures } from './step-measures.js';

/** The scores and labels of an output over all batches. */
export class Ranking {
  /** Row-major. */
  readonly #scores: number[] = [];
  readonly #labels: number[] = [];

  constructor(private readonly classes: number) {}

  /** Adds the finite rows of a batch's packed measures. */
  add(values: Float32Array, [rows, classes]: OutputShape): void {
    const { flags, logits, labels } = unpackMeasures(values, [[rows, classes]]);
    const [scores, shares] = [logits[0]!, labels[0]!];
    for (let row = 0; row < rows; row++) {
      if (!isUsable(row, scores, shares, classes, flags)) continue;
      this.#scores.push(...scores.subarray(row * classes, (row + 1) * classes));
      this.#labels.push(...shares.subarray(row * classes, (row + 1) * classes));
    }
  }

  /** Both are NaN if no row was finite. */
  get metrics(): { meanAveragePrecision: number; auc: number } {
    const [scores, labels] = [this.#scores, this.#labels];
    if (scores.length === 0) return { meanAveragePrecision: Number.NaN, auc: Number.NaN };
    return {
      meanAveragePrecision: meanAveragePrecision(scores, labels, this.classes),
      auc: meanRocAuc(scores, labels, this.classes),
    };
  }
}
