import type { DiffStrideAttributes } from './contract.js';
import { axisFactor, mirroredBins } from './masked-axis.js';
import { areRising, mostOnRamp, type Reach } from './waves-on-ramp.js';

/** A kept frequency as the gradient of the strides sees it. */
interface WeightedDistance {
  distance: number;
  /** The factor of its mask in the matrices. 0 if the frequency is not kept. */
  weight: number;
}

/** A bin k of an axis. It represents the frequencies k and −k, which have the same waves. */
export interface RampBin {
  k: number;
  positive: WeightedDistance;
  negative: WeightedDistance;
}

/** Bins whose waves an invocation projects on at once. */
export const BINS_TOGETHER = 6;

/** The N/S from which on a half size has a gradient is 2. The division of a GPU may round down. */
const SMALLEST_RATIO = 1.999;

/** The bins of the rows, by rising k. */
export function rowBins({ rows, norm }: DiffStrideAttributes): RampBin[] {
  const alpha = axisFactor(rows, norm);
  const bins = mirroredBins(rows).map(({ k, positive, negative }) => {
    const either = (positive ?? negative)!;
    const of = (index: number | undefined) => ({
      distance: rows.frequencies[index ?? either]!.distance,
      weight: index === undefined ? 0 : alpha,
    });
    return { k, positive: of(positive), negative: of(negative) };
  });
  return bins.toSorted((one, other) => one.k - other.k);
}

/** The bins of the columns, by rising k. The half-spectrum has no negative frequencies. */
export function columnBins({ columns, norm }: DiffStrideAttributes): RampBin[] {
  const beta = axisFactor(columns, norm);
  const bins = columns.frequencies.map(({ source: k, target, distance }) => {
    // The half-spectrum holds one of a bin and its mirror image. Both contribute to the signal.
    const weight = beta * (target === 0 || 2 * target === columns.outputSize ? 1 : 2);
    return { k, positive: { distance, weight }, negative: { distance, weight: 0 } };
  });
  return bins.toSorted((one, other) => one.k - other.k);
}

/** The ramps of both masks: [rows, columns]. */
export interface Ramps {
  /** All bins of an axis. */
  bins: [number, number];
  /** The largest number of bins that can be on the ramp at once. */
  most: [number, number];
}

/**
 * Returns the ramps, or `null` if the distances of an axis do not rise. An axis has no bins on its
 * ramp if its half size cannot exceed the smallest one, such as the single row of a line.
 */
export function rampsOf(attributes: DiffStrideAttributes): Ramps | null {
  const { smoothness, minimum, lowerLimit } = attributes;
  const rows = rowBins(attributes).map(reachOf);
  const columns = columnBins(attributes).map(reachOf);
  if (!areRising(rows) || !areRising(columns)) return null;
  const most = (reaches: Reach[], inputSize: number, smallest: number) => {
    const isMovable = inputSize / Math.max(smallest, lowerLimit) > SMALLEST_RATIO;
    return isMovable ? mostOnRamp(reaches, smoothness) : 0;
  };
  return {
    bins: [rows.length, columns.length],
    most: [
      most(rows, attributes.rows.inputSize, minimum[0]),
      most(columns, attributes.columns.inputSize, minimum[1]),
    ],
  };
}

function reachOf({ positive, negative }: RampBin): Reach {
  const both = [positive.distance, negative.distance];
  return [Math.min(...both), Math.max(...both)];
}

/**
 * Whether the gradient of the strides takes fewer multiply-adds from projections on the waves of
 * the ramps than from all entries of the four matrices. For one channel of one image, with at most
 * r bins of the rows and s bins of the columns on the ramps:
 *
 *     projections  2(r + s)(H·W + h·w) + 4(r·w·W + s·h·H)
 *     all entries  4h·W·(H + w)
 *
 * The first term rounds r and s up to multiples of {@link BINS_TOGETHER}.
 */
export function areProjectionsCheaper(attributes: DiffStrideAttributes): boolean {
  const ramps = rampsOf(attributes);
  if (!ramps) return false;
  const [r, s] = ramps.most;
  const [ofRows, ofColumns] = ramps.most.map(
    (bins) => BINS_TOGETHER * Math.ceil(bins / BINS_TOGETHER),
  );
  const [h, H] = [attributes.rows.outputSize, attributes.rows.inputSize];
  const [w, W] = [attributes.columns.outputSize, attributes.columns.inputSize];
  const first = 2 * (ofRows! + ofColumns!) * (H * W + h * w);
  return first + 4 * (r * w * W + s * h * H) < 4 * h * W * (H + w);
}
