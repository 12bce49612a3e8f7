import type { StridesByLayer } from './run-result.js';

/** A share as a percentage with one decimal. */
export function formatShare(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** The strides of the stages (the stem's aside) as `1.5×1.7, 1.1×1.1, 4.6×3.1`. */
export function formatStrides(strides: StridesByLayer): string {
  return Object.entries(strides)
    .filter(([layer]) => !layer.startsWith('stem'))
    .map(([, pair]) => formatPair(pair))
    .join(', ');
}

export function formatPair([height, width]: [number, number]): string {
  const text = (stride: number) => (Number.isInteger(stride) ? `${stride}` : stride.toFixed(1));
  return height === width && Number.isInteger(height)
    ? text(height)
    : `${text(height)}×${text(width)}`;
}

/** 12345678 as `12.3 M`. */
export function formatCount(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(2)} G`;
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} M`;
  return count >= 1e4 ? `${(count / 1e3).toFixed(0)} k` : `${count}`;
}
