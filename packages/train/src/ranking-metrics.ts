import { refuse, requireArray, requireSize } from '@ds/checks';

/**
 * Average precision of scores for one class: the area under the precision-recall curve as a sum of
 * steps, `Σ_i (R_i − R_{i−1}) P_i` over the distinct scores in descending order (scikit-learn's
 * `average_precision_score`). Equal scores are one step.
 *
 * @param labels 1, or any number above ½, for a positive; else a negative.
 * @returns a share, or NaN if there is no positive.
 * @throws ConfigError if there is no score, one is not a number, or the lengths differ.
 */
export function averagePrecision(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  const steps = stepsOf('averagePrecision', scores, labels);
  const positives = steps.reduce((sum, { hits }) => sum + hits, 0);
  if (positives === 0) return Number.NaN;
  let [found, seen, area] = [0, 0, 0];
  for (const { hits, count } of steps) {
    found += hits;
    seen += count;
    area += (hits / positives) * (found / seen);
  }
  return area;
}

/**
 * Area under the ROC curve for one class, as the rank statistic of Mann and Whitney: the
 * probability that a positive scores above a negative, where a tie counts ½.
 *
 * @param labels 1, or any number above ½, for a positive; else a negative.
 * @returns a share, or NaN if there is no positive or no negative.
 * @throws ConfigError if there is no score, one is not a number, or the lengths differ.
 */
export function rocAuc(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  const steps = stepsOf('rocAuc', scores, labels);
  let [positives, negatives, pairs] = [0, 0, 0];
  for (const { hits, count } of steps) {
    const misses = count - hits;
    pairs += misses * (positives + hits / 2);
    positives += hits;
    negatives += misses;
  }
  return pairs / (positives * negatives);
}

/**
 * The macro mean of {@link averagePrecision} over the classes with a positive: mAP.
 *
 * Shapes: scores and labels `[rows, classes]`, row-major.
 *
 * @returns a share, or NaN if no class has a positive.
 * @throws ConfigError as {@link averagePrecision}, or if the scores are not whole rows.
 */
export function meanAveragePrecision(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): number {
  return macroMean('meanAveragePrecision', averagePrecision, scores, labels, classes);
}

/**
 * The macro mean of {@link rocAuc} over the classes with a positive and a negative.
 *
 * Shapes: scores and labels `[rows, classes]`, row-major.
 *
 * @returns a share, or NaN if there is no such class.
 * @throws ConfigError as {@link rocAuc}, or if the scores are not whole rows.
 */
export function meanRocAuc(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): number {
  return macroMean('meanRocAuc', rocAuc, scores, labels, classes);
}

function macroMean(
  op: string,
  metric: typeof rocAuc,
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): number {
  requireSize(op, 'classes', classes);
  requirePairs(op, scores, labels);
  const rows = scores.length / classes;
  if (!Number.isInteger(rows) || rows < 1) {
    refuse(op, 'scores', `be whole rows of ${classes} classes`, scores);
  }
  const column = (values: ArrayLike<number>, at: number) =>
    Float64Array.from({ length: rows }, (_, row) => values[row * classes + at]!);
  const values = Array.from({ length: classes }, (_, at) =>
    metric(column(scores, at), column(labels, at)),
  ).filter((value) => !Number.isNaN(value));
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The distinct scores in descending order, with the number of values and of positives of each. */
function stepsOf(op: string, scores: ArrayLike<number>, labels: ArrayLike<number>) {
  requirePairs(op, scores, labels);
  const order = Array.from({ length: scores.length }, (_, i) => i).sort(
    (a, b) => scores[b]! - scores[a]!,
  );
  const steps: { score: number; hits: number; count: number }[] = [];
  for (const i of order) {
    const [score, hit] = [scores[i]!, labels[i]! > 0.5 ? 1 : 0];
    const last = steps.at(-1);
    if (last?.score === score) {
      last.hits += hit;
      last.count += 1;
    } else {
      steps.push({ score, hits: hit, count: 1 });
    }
  }
  return steps;
}

function requirePairs(op: string, scores: ArrayLike<number>, labels: ArrayLike<number>): void {
  requireArray(op, 'scores', scores);
  requireArray(op, 'labels', labels);
  if (scores.length === 0) refuse(op, 'scores', 'have at least one value', scores);
  if (labels.length !== scores.length) {
    refuse(op, 'labels', `have as many values as scores (${scores.length})`, labels.length);
  }
  for (const [name, values] of Object.entries({ scores, labels })) {
    const at = Array.prototype.findIndex.call(
      values,
      (value) => typeof value !== 'number' || Number.isNaN(value),
    );
    if (at >= 0) refuse(op, `${name}[${at}]`, 'be a number', values[at]);
  }
}
