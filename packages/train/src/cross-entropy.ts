import { ConfigError, refuse, requireNumber, requireSize, requireTensor } from '@ds/checks';
import {
  add,
  cast,
  logSoftmax,
  mean,
  mul,
  neg,
  type Scalar,
  scalar,
  sum,
  type Tensor2D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import { requireClassWeights } from './class-weights.js';
import { isUsable } from './non-finite-row.js';

/**
 * Softmax cross-entropy of logits against a distribution over classes, averaged over the batch:
 * `−(1/N) Σ_n Σ_k w_k q_nk log softmax(z_n)_k`, with label smoothing ε `q = (1 − ε) p + ε/K`
 * (Szegedy et al. 2016). Without smoothing, a row of labels that is all zeros adds 0 to the sum and
 * has no gradient. It counts in N.
 *
 * Shapes: logits and labels `[batch, classes]` → scalar. Logits are float32, labels of any type.
 *
 * @param classWeights w, one for each class. Default 1 each.
 * @throws ConfigError if the shapes differ, smoothing is not in [0, 1), or a weight is missing or <
 *   0.
 */
export function crossEntropy(
  logits: Tensor2D,
  labels: Tensor2D,
  smoothing = 0,
  classWeights?: number[],
): Scalar {
  requireSameShape('crossEntropy', logits, labels);
  requireNumber('crossEntropy', 'smoothing', smoothing);
  if (!(smoothing >= 0 && smoothing < 1)) {
    refuse('crossEntropy', 'smoothing', 'be in [0, 1)', smoothing);
  }
  if (classWeights !== undefined) {
    requireClassWeights('crossEntropy', 'classWeights', classWeights, logits.shape[1]);
  }
  return tidy(() => {
    const shares = cast(labels, 'float32');
    const target =
      smoothing === 0
        ? shares
        : add(mul(shares, scalar(1 - smoothing)), scalar(smoothing / labels.shape[1]));
    const weighted = classWeights ? mul(target, tensor1d(classWeights)) : target;
    return neg(mean(sum(mul(weighted, logSoftmax(logits)), -1))) as Scalar;
  });
}

/** @throws ConfigError if logits and labels are not tensors of one shape, [batch, classes]. */
export function requireSameShape(op: string, logits: Tensor2D, labels: Tensor2D): void {
  requireTensor(op, 'logits', logits, { rank: 2 });
  // `tf.oneHot` returns int32.
  requireTensor(op, 'labels', labels, { rank: 2, dtype: 'real' });
  if (logits.shape.join() !== labels.shape.join()) {
    throw new ConfigError(
      `${op}: labels must have the logits' shape [batch, classes] = [${logits.shape}], ` +
        `got [${labels.shape}]`,
    );
  }
}

/**
 * The number of rows with their largest logit where the labels have their largest share. A row of
 * logits or labels that is not finite is wrong.
 */
export function correctPredictions(logits: Tensor2D, labels: Tensor2D): number {
  requireSameShape('correctPredictions', logits, labels);
  return predictionsWithin(1, logits, labels);
}

/**
 * The number of rows in which the logit of their class is among the `k` largest. The class is where
 * the labels have their largest share. Equal logits count in the order of classes. A row of logits
 * or labels that is not finite is wrong for every `k`.
 */
export function predictionsWithin(k: number, logits: Tensor2D, labels: Tensor2D): number {
  requireSize('predictionsWithin', 'k', k);
  requireSameShape('predictionsWithin', logits, labels);
  return rowsWithin(k, logits.dataSync(), labels.dataSync(), logits.shape[1]);
}

/**
 * {@link predictionsWithin} for values on the host. Rows that are marked in `spoiled` are wrong
 * too.
 */
export function rowsWithin(
  k: number,
  scores: ArrayLike<number>,
  shares: ArrayLike<number>,
  classes: number,
  spoiled?: ArrayLike<number>,
): number {
  let within = 0;
  for (let row = 0; row * classes < scores.length; row++) {
    if (!isUsable(row, scores, shares, classes, spoiled)) continue;
    const start = row * classes;
    let right = 0;
    for (let j = 1; j < classes; j++) {
      if (shares[start + j]! > shares[start + right]!) right = j;
    }
    const score = scores[start + right]!;
    let before = 0;
    for (let j = 0; j < classes; j++) {
      const other = scores[start + j]!;
      if (other > score || (other === score && j < right)) before += 1;
    }
    if (before < k) within += 1;
  }
  return within;
}

/**
 * The share of right decisions of each row, summed over the rows, for labels of their own: a logit
 * above 0 decides for its class. A row that is not finite, or is marked in `spoiled`, counts 0.
 */
export function rightDecisions(
  scores: ArrayLike<number>,
  shares: ArrayLike<number>,
  classes: number,
  spoiled?: ArrayLike<number>,
): number {
  let right = 0;
  for (let row = 0; row * classes < scores.length; row++) {
    if (!isUsable(row, scores, shares, classes, spoiled)) continue;
    for (let at = row * classes; at < (row + 1) * classes; at++) {
      if (scores[at]! > 0 === shares[at]! > 0.5) right += 1 / classes;
    }
  }
  return right;
}
