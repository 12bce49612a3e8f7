import { type DctDiffStrideOptions, dctOutputSizeAt } from './dct-diff-stride.js';
import { type FullAxis, fullSizeNote } from './full-size-note.js';

/**
 * Says that DCT-DiffStride leaves a map at its size although its strides are above 1, and how to
 * reduce it. Returns `null` if every stride reduces its axis, or without cropping.
 *
 * An axis of N pixels loses a coefficient only if `R + N/S <= N`. A stride so near 1 that N/S is
 * not a whole pixel below N is not expected to reduce its axis.
 */
export function dctReductionNote(
  input: [number, number],
  strides: [number, number],
  options: DctDiffStrideOptions,
): string | null {
  const { smoothness = 4, cropping = true } = options;
  if (!cropping) return null;
  const output = dctOutputSizeAt(input, strides, options);
  const axes = ([0, 1] as const).flatMap((axis): (FullAxis & { axis: 0 | 1 })[] => {
    const [size, stride] = [input[axis], strides[axis]];
    if (output[axis] < size || size / stride > size - 1) return [];
    // The mask has at least one coefficient.
    const isSmallest = size / stride <= 1;
    const rule = `R + ${isSmallest ? '1' : `${size}/S`} <= ${size}`;
    const limit = size - Math.max(size / stride, 1);
    return [{ name: axis === 0 ? 'height' : 'width', rule, limit, isSmallest, axis }];
  });
  if (axes.length === 0) return null;
  return fullSizeNote(input, output, strides, smoothness, axes, (narrower) => {
    const reduced = dctOutputSizeAt(input, strides, { ...options, smoothness: narrower });
    return axes.every(({ axis }) => reduced[axis] < input[axis]);
  });
}
