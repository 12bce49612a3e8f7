import type { Padding } from './neutral-graph.js';

/** The output size of a window along one axis. */
export function windowOutput(
  size: number,
  window: number,
  stride: number,
  padding: Padding,
): number {
  return padding === 'same' ? Math.ceil(size / stride) : Math.floor((size - window) / stride) + 1;
}

/** The padding [before, after] along one axis, as TensorFlow distributes it. */
export function windowPads(
  size: number,
  window: number,
  stride: number,
  padding: Padding,
): [number, number] {
  if (padding === 'valid') return [0, 0];
  const total = Math.max((Math.ceil(size / stride) - 1) * stride + window - size, 0);
  const before = Math.floor(total / 2);
  return [before, total - before];
}

/** The extent of a window with dilation. */
export function dilated(window: number, dilation: number): number {
  return (window - 1) * dilation + 1;
}
