/** An axis that keeps its size although its stride is above 1. */
export interface FullAxis {
  name: string;
  /** The condition for a smaller axis: `R + 16/(2·S) <= 7`. */
  rule: string;
  /** The largest smoothness that reduces the axis, up to rounding. */
  limit: number;
  /** Whether larger strides change nothing, since the mask is at its smallest. */
  isSmallest: boolean;
}

/**
 * Says that masks with a ramp leave a map at its size, and how to reduce it. `reduces` returns
 * whether all these axes become smaller at a smoothness.
 */
export function fullSizeNote(
  input: readonly number[],
  output: readonly number[],
  strides: readonly number[],
  smoothness: number,
  axes: FullAxis[],
  reduces: (smoothness: number) => boolean,
): string {
  let hundredths = Math.floor(100 * Math.min(...axes.map((axis) => axis.limit)) + 1e-6);
  // At the limit itself, float32 may round to either side.
  if (hundredths > 0 && !reduces(hundredths / 100)) hundredths -= 1;
  const least = axes.filter(({ isSmallest }) => isSmallest).map(({ limit }) => limit);
  const isSmallest = least.length > 0;
  const remedy =
    hundredths >= 0
      ? `Set smoothness to ${hundredths / 100}${hundredths > 0 ? ' or less' : ''}` +
        (isSmallest ? '.' : ', or larger strides.')
      : least.some((limit) => limit < 0)
        ? 'No smoothness and no stride does this.'
        : isSmallest
          ? `Set larger strides, and smoothness to ${Math.floor(100 * Math.min(...least)) / 100}.`
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
