import { columnDistances, rowDistances } from '@ds/masks/ops';
import { type DiffStrideOfAxes, halfSize, outputSizeAt } from './diff-stride.js';

/** An axis that keeps its size. */
interface FullAxis {
  name: string;
  size: number;
  /** The distance d of the highest frequency. */
  highest: number;
  /** The largest smoothness that reduces the axis, d − N/(2·S). */
  limit: number;
}

const NAMES = ['depth', 'height', 'width'];

/**
 * Says that DiffStride leaves a map at its size although its strides are above 1, and how to reduce
 * it. Returns `null` if every stride reduces its axis, or without cropping.
 *
 * An axis of N pixels loses a frequency only if its mask is 0 at the highest distance d:
 * `R + N/(2·S) <= d`, where d is `N/2 − 1` for even N and `alignment: 'published'`. A stride so
 * near 1 that N/S is not a whole pixel below N is not expected to reduce its axis.
 */
export function reductionNote(
  input: readonly number[],
  strides: readonly number[],
  options: DiffStrideOfAxes & { sharedStride?: boolean },
): string | null {
  const { smoothness = 4, cropping = true, alignment = 'published' } = options;
  if (!cropping) return null;
  const output = outputSizeAt(input, strides, options);
  const axes = input.flatMap((size, axis): FullAxis[] => {
    const stride = strides[axis]!;
    const isLast = axis === input.length - 1;
    const full = isLast ? Math.max(1, 2 * Math.floor(size / 2)) : size;
    if (output[axis]! < full || size / stride > full - 1) return [];
    const highest = isLast
      ? // The mask of the columns is one bin wider.
        columnDistances(size).length - 2
      : Math.max(...rowDistances(size, alignment));
    const name = NAMES.at(axis - input.length)!;
    return [{ name, size, highest, limit: highest - halfSize(size, stride) }];
  });
  if (axes.length === 0) return null;
  const rules = axes.map(({ name, size, highest: d }) => `${name}: R + ${size}/(2·S) <= ${d}`);
  const limit = Math.floor(100 * Math.min(...axes.map((axis) => axis.limit))) / 100;
  const remedy =
    limit >= 0
      ? `Set smoothness to ${limit} or less, or larger strides.`
      : 'No smoothness does this at these strides: set larger strides.';
  return (
    `strides [${strides.map(rounded).join(', ')}] leave a map of ${input.join('×')} at ` +
    `${output.join('×')}. With smoothness R = ${smoothness} the masks keep every frequency of the ` +
    `${axes.map(({ name }) => name).join(' and the ')}. An axis shrinks only if ` +
    `${rules.join(', ')}. ${remedy}`
  );
}

/** Two decimals at most. */
function rounded(stride: number): number {
  return Number(stride.toFixed(2));
}
