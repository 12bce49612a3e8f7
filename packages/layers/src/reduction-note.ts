import { columnDistances, rowDistances } from '@ds/masks/ops';
import { type DiffStrideOptions, halfSize, outputSizeAt } from './diff-stride.js';
import { type FullAxis, fullSizeNote } from './full-size-note.js';

/**
 * Says that DiffStride leaves a map at its size although its strides are above 1, and how to reduce
 * it. Returns `null` if every stride reduces its axis, or without cropping.
 *
 * An axis of N pixels loses a frequency only if its mask is 0 at the highest distance d:
 * `R + N/(2·S) <= d`, where d is `N/2 − 1` for even N and `alignment: 'published'`. A stride so
 * near 1 that N/S is not a whole pixel below N is not expected to reduce its axis.
 */
export function reductionNote(
  input: [number, number],
  strides: [number, number],
  options: DiffStrideOptions & { sharedStride?: boolean },
): string | null {
  const { smoothness = 4, cropping = true, alignment = 'published' } = options;
  if (!cropping) return null;
  const output = outputSizeAt(input, strides, options);
  const full: [number, number] = [input[0], Math.max(1, 2 * Math.floor(input[1] / 2))];
  const highest: [number, number] = [
    Math.max(...rowDistances(input[0], alignment)),
    // The mask of the columns is one bin wider.
    columnDistances(input[1]).length - 2,
  ];
  const axes = ([0, 1] as const).flatMap((axis): FullAxis[] => {
    const [size, stride] = [input[axis], strides[axis]];
    if (output[axis] < full[axis] || size / stride > full[axis] - 1) return [];
    const limit = highest[axis] - halfSize(size, stride);
    const rule = `R + ${size}/(2·S) <= ${highest[axis]}`;
    return [{ name: axis === 0 ? 'height' : 'width', rule, limit }];
  });
  return axes.length > 0 ? fullSizeNote(input, output, strides, smoothness, axes) : null;
}
