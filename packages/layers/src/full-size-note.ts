/** An axis that keeps its size although its stride is above 1. */
export interface FullAxis {
  name: string;
  /** The condition for a smaller axis: `R + 16/(2·S) <= 7`. */
  rule: string;
  /** The largest smoothness that reduces the axis. */
  limit: number;
}

/** Says that masks with a ramp leave a map at its size, and how to reduce it. */
export function fullSizeNote(
  input: readonly number[],
  output: readonly number[],
  strides: readonly number[],
  smoothness: number,
  axes: FullAxis[],
): string {
  const limit = Math.floor(100 * Math.min(...axes.map((axis) => axis.limit))) / 100;
  const remedy =
    limit >= 0
      ? `Set smoothness to ${limit} or less, or larger strides.`
      : 'No smoothness does this at these strides: set larger strides.';
  return (
    `strides [${strides.map(rounded).join(', ')}] leave a map of ${input.join('×')} at ` +
    `${output.join('×')}. With smoothness R = ${smoothness} the masks keep every frequency of ` +
    `the ${axes.map(({ name }) => name).join(' and the ')}. An axis shrinks only if ` +
    `${axes.map(({ name, rule }) => `${name}: ${rule}`).join(', ')}. ${remedy}`
  );
}

/** Two decimals at most. */
function rounded(stride: number): number {
  return Number(stride.toFixed(2));
}
