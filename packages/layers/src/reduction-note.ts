import { columnDistances, rowDistances } from '@ds/masks/ops';
import type { DiffStrideOfAxes } from './diff-stride-options.js';
import { type FullAxis, fullSizeNote } from './full-size-note.js';
import { halfSize, outputSizeAt } from './stride-bands.js';

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
      : rowDistances(size, alignment).reduce((most, distance) => Math.max(most, distance), 0);
    const rule = `R + ${size}/(2·S) <= ${highest}`;
    return [
      { name: NAMES.at(axis - input.length)!, rule, limit: highest - halfSize(size, stride) },
    ];
  });
  return axes.length > 0 ? fullSizeNote(input, output, strides, smoothness, axes) : null;
}
