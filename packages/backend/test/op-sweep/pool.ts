import { at, generate, type NdArray } from './array.js';

/** The windows of a pooling, axis by axis. */
export interface PoolWindow {
  filter: number[];
  strides: number[];
  pad: 'same' | 'valid' | number | [number, number][];
  rounding?: 'floor' | 'round' | 'ceil';
}

/** Returns the pixels of each window along an axis that lie inside the image. */
function windows(size: number, window: PoolWindow, axis: number): number[][] {
  const { pad, rounding = 'floor' } = window;
  const [width, stride] = [window.filter[axis]!, window.strides[axis]!];
  let count: number;
  let before = 0;
  if (pad === 'same') {
    count = Math.ceil(size / stride);
    before = Math.floor(Math.max(0, (count - 1) * stride + width - size) / 2);
  } else if (pad === 'valid') {
    count = Math.floor((size - width) / stride) + 1;
  } else {
    const [first, last] = typeof pad === 'number' ? [pad, pad] : pad[axis]!;
    count = Math[rounding]((size + first + last - width) / stride) + 1;
    before = first;
  }
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: width }, (_, tap) => i * stride + tap - before).filter(
      (place) => place >= 0 && place < size,
    ),
  );
}

/** Whether every window contains a pixel of the image. */
export function isWithin(sides: number[], window: PoolWindow): boolean {
  return sides.every((side, axis) => windows(side, window, axis).every(({ length }) => length > 0));
}

/**
 * Returns the shape of the output. `of` turns an index of the output into the indices of the pixels
 * in its window, row by row.
 */
function pixels(
  shape: number[],
  window: PoolWindow,
): { out: number[]; of: (i: number[]) => number[][] } {
  const axes = shape.slice(1, -1).map((side, axis) => windows(side, window, axis));
  const out = [shape[0]!, ...axes.map(({ length }) => length), shape.at(-1)!];
  const of = (index: number[]) =>
    axes
      .reduce<number[][]>(
        (begun, places, axis) =>
          begun.flatMap((one) => places[index[axis + 1]!]!.map((place) => [...one, place])),
        [[index[0]!]],
      )
      .map((one) => [...one, index.at(-1)!]);
  return { out, of };
}

/** Computes the mean or the maximum of the pixels in each window. */
export function poolOracle(x: NdArray, window: PoolWindow, kind: 'mean' | 'max'): NdArray {
  const { out, of } = pixels(x.shape, window);
  return generate(out, (index) => {
    const values = of(index).map((place) => at(x, place));
    if (kind === 'max') return Math.max(...values);
    return values.reduce((a, b) => a + b, 0) / values.length;
  });
}

/** Computes the gradient of each pixel, for means or for first maxima. */
export function poolSlopes(
  x: NdArray,
  window: PoolWindow,
  kind: 'mean' | 'max',
  upstream: Float64Array,
): NdArray {
  const { out, of } = pixels(x.shape, window);
  const slopes: NdArray = { shape: x.shape, data: new Float64Array(x.data.length) };
  const flat = (index: number[]) =>
    index.reduce((total, place, axis) => total * x.shape[axis]! + place, 0);
  let at_ = 0;
  generate(out, (index) => {
    const slope = upstream[at_++]!;
    const places = of(index);
    if (kind === 'mean') {
      for (const place of places) slopes.data[flat(place)]! += slope / places.length;
    } else {
      const values = places.map((place) => at(x, place));
      slopes.data[flat(places[values.indexOf(Math.max(...values))]!)]! += slope;
    }
    return 0;
  });
  return slopes;
}
