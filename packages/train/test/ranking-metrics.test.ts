import { describe, expect, it } from 'vitest';
import { averagePrecision, meanAveragePrecision, meanRocAuc, rocAuc } from '../src/index.js';

/** Average precision by its definition: one threshold after the other, each counted separately. */
function slowPrecision(scores: number[], labels: number[]): number {
  const positives = labels.filter((y) => y === 1).length;
  const thresholds = [...new Set(scores)].sort((a, b) => b - a);
  let [area, recallBefore] = [0, 0];
  for (const threshold of thresholds) {
    const chosen = labels.filter((_, i) => scores[i]! >= threshold);
    const hits = chosen.filter((y) => y === 1).length;
    area += (hits / positives - recallBefore) * (hits / chosen.length);
    recallBefore = hits / positives;
  }
  return area;
}

/** The share of pairs of a positive and a negative that are in order; a tie counts ½. */
function slowAuc(scores: number[], labels: number[]): number {
  let [won, pairs] = [0, 0];
  scores.forEach((a, i) => {
    scores.forEach((b, j) => {
      if (labels[i] !== 1 || labels[j] !== 0) return;
      pairs += 1;
      won += a > b ? 1 : a === b ? 0.5 : 0;
    });
  });
  return won / pairs;
}

describe('averagePrecision and rocAuc', () => {
  it.each([1, 2, 3, 4])('equal the slow definitions for all %i values, with ties', (length) => {
    for (let code = 0; code < 6 ** length; code++) {
      const digits = Array.from({ length }, (_, i) => Math.floor(code / 6 ** i) % 6);
      const scores = digits.map((digit) => Math.floor(digit / 2) - 1);
      const labels = digits.map((digit) => digit % 2);
      const precision = averagePrecision(scores, labels);
      if (labels.includes(1)) expect(precision).toBeCloseTo(slowPrecision(scores, labels), 10);
      else expect(precision).toBeNaN();
      const auc = rocAuc(scores, labels);
      if (new Set(labels).size === 2) expect(auc).toBeCloseTo(slowAuc(scores, labels), 10);
      else expect(auc).toBeNaN();
    }
  });

  it('have the values of scikit-learn’s documentation', () => {
    const [labels, scores] = [
      [0, 0, 1, 1],
      [0.1, 0.4, 0.35, 0.8],
    ];
    expect(averagePrecision(scores!, labels!)).toBeCloseTo(0.83333333, 7);
    expect(rocAuc(scores!, labels!)).toBe(0.75);
  });

  it('take infinite scores', () => {
    expect(rocAuc([Number.POSITIVE_INFINITY, 0, Number.NEGATIVE_INFINITY], [1, 1, 0])).toBe(1);
  });
});

describe('the macro means', () => {
  // Two classes that can be ranked, one without a positive, one without a negative.
  const labels = [1, 0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1];
  const scores = [0.9, 0.2, 0, 0, 0.8, 0.9, 0, 0, 0.1, 0.3, 0, 0];

  it('leave out classes without a positive, and without a negative', () => {
    const column = (values: number[], at: number) => values.filter((_, i) => i % 4 === at);
    const all = [0, 1].map((at) => [column(scores, at), column(labels, at)] as const);
    const auc = all.map(([s, y]) => slowAuc(s, y));
    expect(meanRocAuc(scores, labels, 4)).toBeCloseTo((auc[0]! + auc[1]!) / 2, 12);
    const precision = all.map(([s, y]) => slowPrecision(s, y));
    expect(meanAveragePrecision(scores, labels, 4)).toBeCloseTo(
      (precision[0]! + precision[1]! + 1) / 3,
      12,
    );
  });

  it('throw on scores that are not whole rows or not numbers', () => {
    expect(() => meanRocAuc([1, 2, 3], [1, 0, 1], 2)).toThrow(
      'meanRocAuc: scores must be whole rows of 2 classes, got [1, 2, 3]',
    );
    expect(() => rocAuc([1, Number.NaN], [0, 1])).toThrow(
      'rocAuc: scores[1] must be a number, got NaN',
    );
    expect(() => averagePrecision([1, 2], [0])).toThrow(
      'averagePrecision: labels must have as many values as scores (2), got 1',
    );
  });
});
