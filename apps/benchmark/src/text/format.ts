import { stemStride } from '../network/networks.js';
import type { RunResult, StridesByLayer } from '../run/run-result.js';
import type { RunSummary } from '../statistics/comparison.js';

/** A share as a percentage with one decimal; a dash for NaN. */
export function formatShare(share: number): string {
  if (!Number.isFinite(share)) return '–';
  return `${(100 * share).toFixed(1)} %`;
}

/** Examples per second as a whole number; a dash if there is none. */
export function formatRate(perSecond: number): string {
  return Number.isFinite(perSecond) ? `${Math.round(perSecond)}` : '–';
}

/** Mean and, over several runs, standard deviation of the test accuracy: `55.3 % ± 0.6`. */
export function formatAccuracy({
  accuracy,
  deviation,
}: Pick<RunSummary, 'accuracy' | 'deviation'>): string {
  const spread = deviation === null ? '' : ` ± ${(100 * deviation).toFixed(1)}`;
  return `${formatShare(accuracy)}${spread}`;
}

/**
 * `(3, 1, 3) → (2.9×2.5, 1, 3.4×3.3)`, or the strides once if they did not move. An unusual stem is
 * named first: `stem 2, (3, 1, 3)`.
 */
export function formatStrideChange({ config, initial, final }: RunResult): string {
  const [before, after] = [formatStrides(initial.strides), formatStrides(final.strides)];
  const change = before === after ? `(${before})` : `(${before}) → (${after})`;
  const stem = config.strides[0]!;
  const isUsual = config.dataset === 'sounds' || stem === stemStride(config.stem);
  return isUsual ? change : `stem ${stem}, ${change}`;
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
  if (count >= 1e15) return `${(count / 1e15).toFixed(2)} P`;
  if (count >= 1e12) return `${(count / 1e12).toFixed(2)} T`;
  if (count >= 1e9) return `${(count / 1e9).toFixed(2)} G`;
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} M`;
  return count >= 1e4 ? `${(count / 1e3).toFixed(0)} k` : `${count}`;
}
