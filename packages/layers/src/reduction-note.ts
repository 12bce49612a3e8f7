import { columnDistances, rowDistances } from '@ds/masks/ops';
import type { DiffStrideOfAxes } from './diff-stride-options.js';
import { type FullAxis, fullSizeNote } from './full-size-note.js';
import { halfSize, outputSizeAt } from './stride-bands.js';
import { wholeWidth } from './stride-growth.js';

const NAMES = ['depth', 'height', 'width'];

/**
 * Says that DiffStride leaves a map at its size although its strides are above 1, and how to reduce
 * it. Returns `null` if every stride reduces its axis, or without cropping.
 *
 * An axis of N pixels loses a frequency only if its mask is 0 at the highest distance d:
 * `R + N/(2·S) <= d`, where d is `N/2 − 1` for even N and `alignment: 'published'`. A stride so
 * near 1 that N/S is not a whole pixel below N is not expected to reduce its axis. With N/S below 2
 * the mask is that of N/S = 2.
 */
export function reductionNote(
  input: readonly number[],
  strides: readonly number[],
  options: DiffStrideOfAxes & { sharedStride?: boolean },
): string | null {
  const { smoothness = 4, cropping = true, alignment = 'published' } = options;
  if (!cropping) return null;
  const output = outputSizeAt(input, strides, options);
  const axes = input.flatMap((size, axis): (FullAxis & { axis: number; full: number })[] => {
    const stride = strides[axis]!;
    const isLast = axis === input.length - 1;
    const full = isLast ? wholeWidth(size) : size;
    if (output[axis]! < full || size / stride > full - 1) return [];
    const highest = isLast
      ? // The mask of the columns is one bin wider.
        columnDistances(size).length - 2
      : rowDistances(size, alignment).reduce((most, distance) => Math.max(most, distance), 0);
    // The mask has at least one bin on each side of zero frequency.
    const isSmallest = size / stride <= 2;
    const rule = `R + ${isSmallest ? '1' : `${size}/(2·S)`} <= ${highest}`;
    const name = NAMES.at(axis - input.length)!;
    return [{ name, rule, limit: highest - halfSize(size, stride), isSmallest, axis, full }];
  });
  if (axes.length === 0) return null;
  return fullSizeNote(input, output, strides, smoothness, axes, (narrower) => {
    const reduced = outputSizeAt(input, strides, { ...options, smoothness: narrower });
    return axes.every(({ axis, full }) => reduced[axis]! < full);
  });
}
