// Intervals of paired differences, and the comparison of two deviations.
import jstat from 'jstat';

/**
 * The mean of n paired differences d and half of its 95 % interval, t₀.₉₇₅,ₙ₋₁ · sd(d)/√n.
 *
 * @param {number[]} differences At least two.
 */
export function pairedInterval(differences) {
  const count = differences.length;
  const mean = jstat.mean(differences);
  const error = jstat.stdev(differences, true) / Math.sqrt(count);
  const halfWidth = jstat.studentt.inv(0.975, count - 1) * error;
  return { mean, halfWidth, isClear: Math.abs(mean) > halfWidth };
}

/** `+1.4 ± 0.8`: differences in points. */
export function intervalText(differences) {
  const { mean, halfWidth } = pairedInterval(differences);
  return `${mean < 0 ? '−' : '+'}${Math.abs(mean).toFixed(1)} ± ${halfWidth.toFixed(1)}`;
}

/**
 * The ratio of two variances of n values each, and the ratio above which it is more than chance
 * (the 97.5 % quantile of F with n − 1 and n − 1 degrees of freedom).
 */
export function varianceRatio(larger, smaller, count) {
  return {
    ratio: (larger / smaller) ** 2,
    limit: jstat.centralF.inv(0.975, count - 1, count - 1),
  };
}
