import type { Downsampler } from './swap-downsamplers.js';

/**
 * The padding of a stride-1 op along one axis. The op has n + before + after − (k − 1) outputs for
 * n inputs and a window of k.
 */
export interface AxisPadding {
  before: number;
  after: number;
}

/** The sizes of a strided op along one axis. */
export interface StridedAxis {
  /** The number of inputs, or `null` if unknown. */
  size: number | null;
  window: number;
  stride: number;
}

/** The number of outputs of a strided op. */
export function stridedSize(
  { size, window, stride }: { size: number; window: number; stride: number },
  padding: Downsampler['padding'],
): number {
  const positions = padding === 'same' ? size : size - window + 1;
  return Math.ceil(positions / stride);
}

/**
 * The padding of the stride-1 op that has every output j of a strided op at position j·s.
 *
 * With `'valid'`, output j of stride s is output j·s of stride 1, without padding. With `'same'`,
 * tfjs pads ⌊max((m − 1)·s + k − n, 0)/2⌋ before n inputs for m = ⌈n/s⌉ outputs. At stride 1 that
 * would be ⌊(k − 1)/2⌋, which shifts the outputs. So the padding before is that of the strided op.
 *
 * @param isMultiple whether the op has m·s outputs. A pooling of ⌊N/s⌋ outputs then has m, at the
 *   same positions. By default the op has n outputs with `'same'`, and n − k + 1 with `'valid'`.
 */
export function axisPadding(
  axis: StridedAxis,
  { kind, padding }: Pick<Downsampler, 'kind' | 'padding'>,
  isMultiple: boolean,
): AxisPadding {
  const { size, window, stride } = axis;
  const overlap = window - 1;
  if (size === null) {
    if (padding === 'valid') {
      const after = kind !== 'convolution' && isMultiple && window <= stride ? overlap : 0;
      return { before: 0, after };
    }
    // The commonest sizes are multiples of the stride.
    const before = beforeMultiple(axis);
    return { before, after: overlap - before };
  }
  const outputs = stridedSize({ size, window, stride }, padding);
  if (padding === 'valid') {
    return { before: 0, after: isMultiple ? outputs * stride - (size - overlap) : 0 };
  }
  const before = Math.floor(Math.max((outputs - 1) * stride + window - size, 0) / 2);
  const dense = isMultiple ? outputs * stride : size;
  return { before, after: dense + overlap - size - before };
}

/** The padding `'same'` before a multiple of the stride. */
function beforeMultiple({ window, stride }: StridedAxis): number {
  return Math.floor(Math.max(window - stride, 0) / 2);
}

/**
 * Whether the means over windows would lie at other positions at stride 1. A layer of tfjs shifts a
 * map only if it knows its size.
 */
export function wouldShift(
  axis: StridedAxis,
  downsampler: Pick<Downsampler, 'kind' | 'padding'>,
  isMultiple: boolean,
): boolean {
  if (downsampler.kind !== 'average' || axis.size !== null) return false;
  const { before, after } = axisPadding(axis, downsampler, isMultiple);
  return before + after > 0 && before !== Math.floor((axis.window - 1) / 2);
}

/** Whether a padding is that of `'same'` at stride 1. */
export function isSame({ before, after }: AxisPadding, window: number): boolean {
  return before === Math.floor((window - 1) / 2) && before + after === window - 1;
}
