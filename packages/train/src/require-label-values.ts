import { ConfigError } from '@ds/checks';
import type { LabelledBatch } from './batches.js';
import { hostValues } from './host-values.js';
import type { OutputLoss, OutputLosses } from './output-loss.js';
import { labelsOf } from './shard.js';

/** How far a label may be outside of [0, 1], as rounding leaves it. */
const VALUE_TOLERANCE = 1e-3;

/**
 * How far a sum may be off, as that of [0.33, 0.33, 0.33] or of bfloat16 is. The second term allows
 * for the rounding of float32 itself.
 */
const SUM_TOLERANCE = 1e-2 + 1e-6;

/**
 * Requires labels with the values that the losses of a model's outputs take. For the softmax
 * cross-entropy each row is a distribution, values >= 0 with the sum 1, or it has the sum 0. The
 * cross-entropy of a row of zeros is 0, so such an image is ignored: its label is missing, or it is
 * padding. For `binaryCrossEntropy` each value is in [0, 1], with any sum. Values may be outside of
 * [0, 1] by 0.001, and sums off by 0.01. The shapes of the labels must be right.
 *
 * Labels on a device are not checked, because a read waits for all queued work. Rows that are not
 * finite pass: `train` and `evaluate` report them together with images and logits.
 *
 * @throws ConfigError that names the first wrong row, and its file, if the batch has `files`.
 */
export function requireLabelValues(
  op: string,
  batch: LabelledBatch,
  losses: OutputLosses['losses'],
): void {
  const labels = labelsOf(batch);
  for (const [task, tensor] of labels.entries()) {
    const values = hostValues(tensor);
    if (!values) continue;
    const loss = losses?.[task] ?? 'crossEntropy';
    const wrong = firstWrongRow(values, tensor.shape[1], loss);
    if (!wrong) continue;
    const { row, got } = wrong;
    const name = labels.length > 1 ? `labels[${task}]` : 'labels';
    const file = batch.files?.[row];
    throw new ConfigError(
      `${op}: ${name} must ${RULES[loss]}, got ${got} for image ${row}` +
        `${file === undefined ? '' : ` (${file})`}${remedy(loss, task, labels.length)}`,
    );
  }
}

const RULES: Record<OutputLoss, string> = {
  crossEntropy:
    'be distributions over the classes, values >= 0 with the sum 1, or zeros to ignore an image',
  binaryCrossEntropy: "be in [0, 1] for the loss 'binaryCrossEntropy'",
};

/** What an error about labels advises. */
function remedy(loss: OutputLoss, task: number, outputs: number): string {
  if (loss === 'binaryCrossEntropy') return '';
  const option =
    outputs > 1 ? `losses[${task}] to 'binaryCrossEntropy'` : "losses to ['binaryCrossEntropy']";
  return `; set ${option} if an image has several labels`;
}

/** The first row of labels that a loss does not take. Rows that are not finite pass. */
function firstWrongRow(
  values: ArrayLike<number>,
  classes: number,
  loss: OutputLoss,
): { row: number; got: string } | null {
  for (let row = 0; row * classes < values.length; row++) {
    let [sum, least, most] = [0, 0, 0];
    for (let at = row * classes; at < (row + 1) * classes; at++) {
      const value = values[at]!;
      sum += value;
      if (value < least) least = value;
      if (value > most) most = value;
    }
    if (!Number.isFinite(sum)) continue;
    if (least < -VALUE_TOLERANCE) return { row, got: rounded(least) };
    if (loss === 'crossEntropy' && !isOneOrZero(sum)) {
      return { row, got: `the sum ${rounded(sum)}` };
    }
    if (most > 1 + VALUE_TOLERANCE) return { row, got: rounded(most) };
  }
  return null;
}

/** Whether a sum is that of a distribution, or of a row of zeros. */
function isOneOrZero(sum: number): boolean {
  return Math.abs(sum - 1) <= SUM_TOLERANCE || Math.abs(sum) <= SUM_TOLERANCE;
}

/** A number without the digits that float32 adds. */
function rounded(value: number): string {
  return `${Number(value.toPrecision(6))}`;
}
