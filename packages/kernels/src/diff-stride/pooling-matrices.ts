import type { DiffStrideAttributes, KeptBand } from './contract.js';
import { axisFactor, type MaskedAxis, maskedAxis, mirroredBins } from './masked-axis.js';

/**
 * Waves of one axis at some bins k: `cos(2πkp/N)` of all bins, then `sin(2πkp/N)` of all bins, for
 * the pixels of the input and of the output. Row-major, [2 · bins, pixels].
 */
export interface Waves {
  count: number;
  input: Float32Array;
  output: Float32Array;
}

/** DiffStride at known strides: the matrices of the pooling, and what its gradient needs. */
export interface PoolingAtStrides {
  /** rows [h, H], columns [w, W], synthesis [h, r] and skewColumns [w, W], one after the other. */
  matrices: Float32Array;
  /**
   * Shape [r, H]: cosines, then sines. They belong to the rows k with different masks for k and −k.
   */
  analysis: Float32Array;
  rank: number;
  gradient: RampGradient;
}

/** The ramps of both masks. The half sizes have no gradient elsewhere. */
export interface RampGradient {
  rows: Waves;
  /** Im P_w, [w, W]. Empty if no bin has a skew or a skew slope. */
  skewColumns: Float32Array;
  /** The number of bins with a skew slope. They come first. */
  skewed: number;
  /** α · (slope of k + slope of −k), for each bin of `rows`. */
  rowSlopes: Float32Array;
  /** α · (slope of k − slope of −k). */
  rowSkewSlopes: Float32Array;
  /** α · (mask of k − mask of −k). */
  rowSkews: Float32Array;
  columns: Waves;
  /** β · slope, twice for a bin that also represents its mirror image. */
  columnSlopes: Float32Array;
  /** Derivatives of both half sizes in their strides. */
  halfSlopes: [number, number];
}

/**
 * Computes the matrices of DiffStride and the waves of its ramps from the values of its strides.
 */
export function poolingAtStrides(
  strides: ArrayLike<number>,
  attributes: DiffStrideAttributes,
): PoolingAtStrides {
  const { rows, columns, norm } = attributes;
  const alpha = axisFactor(rows, norm);
  const beta = axisFactor(columns, norm);
  const rowAxis = maskedAxis(strides, 0, attributes);
  const columnAxis = maskedAxis(strides, 1, attributes);

  const bins = mirroredBins(rows).map(({ k, positive, negative }) => {
    const at = (values: Float64Array, index: number | undefined) =>
      index === undefined ? 0 : values[index]!;
    const both = (values: Float64Array): [number, number] => [
      at(values, positive),
      at(values, negative),
    ];
    const [mask, mirroredMask] = both(rowAxis.mask);
    const [slope, mirroredSlope] = both(rowAxis.slope);
    return {
      k,
      sum: alpha * (mask + mirroredMask),
      // sin(θ − φ) is 0 at every pixel for k = 0, and for the Nyquist bin of both sizes.
      skew: isReal(rows, k) ? 0 : alpha * (mask - mirroredMask),
      slope: alpha * (slope + mirroredSlope),
      skewSlope: isReal(rows, k) ? 0 : alpha * (slope - mirroredSlope),
    };
  });
  const halfBins = columns.frequencies.map(({ source: k, target }, index) => {
    const weight = beta * (target === 0 || 2 * target === columns.outputSize ? 1 : 2);
    return { k, sum: weight * columnAxis.mask[index]!, slope: weight * columnAxis.slope[index]! };
  });

  const skewed = bins.filter(({ skew }) => skew !== 0);
  const rank = 2 * skewed.length;
  const [h, H, w, W] = [rows.outputSize, rows.inputSize, columns.outputSize, columns.inputSize];
  const matrices = new Float32Array(h * H + w * W + (rank > 0 ? h * rank + w * W : 0));
  const part = (from: number, length: number) => matrices.subarray(from, from + length);
  writeMatrix(rows, bins, Math.cos, part(0, h * H));
  writeMatrix(columns, halfBins, Math.cos, part(h * H, w * W));
  const waves = wavesOf(
    rows,
    skewed.map(({ k }) => k),
  );
  // Masks of k and −k that are equal may have other slopes: at a stride of 1 all masks are 1.
  const isSkew = bins.some(({ skew, skewSlope }) => skew !== 0 || skewSlope !== 0);
  const skewColumns =
    rank > 0 ? part(h * H + w * W + h * rank, w * W) : new Float32Array(isSkew ? w * W : 0);
  if (rank > 0) writeSynthesis(waves, skewed, part(h * H + w * W, h * rank));
  if (isSkew) writeMatrix(columns, halfBins, Math.sin, skewColumns);
  const gradient = {
    ...rampGradient(rows, bins, columns, halfBins, [rowAxis, columnAxis]),
    skewColumns,
  };
  return { matrices, analysis: waves.input, rank, gradient };
}

interface Bin {
  k: number;
  slope: number;
}

interface RowBin extends Bin {
  skew: number;
  skewSlope: number;
}

function rampGradient(
  rows: KeptBand,
  bins: RowBin[],
  columns: KeptBand,
  halfBins: Bin[],
  axes: [MaskedAxis, MaskedAxis],
): Omit<RampGradient, 'skewColumns'> {
  const isOnRamp = ({ slope }: Bin) => slope !== 0;
  const active = bins
    .filter((bin) => isOnRamp(bin) || bin.skew !== 0)
    .sort((a, b) => Number(b.skewSlope !== 0) - Number(a.skewSlope !== 0));
  const activeColumns = halfBins.filter(isOnRamp);
  return {
    rows: wavesOf(
      rows,
      active.map(({ k }) => k),
    ),
    skewed: active.filter(({ skewSlope }) => skewSlope !== 0).length,
    rowSlopes: Float32Array.from(active, ({ slope }) => slope),
    rowSkewSlopes: Float32Array.from(active, ({ skewSlope }) => skewSlope),
    rowSkews: Float32Array.from(active, ({ skew }) => skew),
    columns: wavesOf(
      columns,
      activeColumns.map(({ k }) => k),
    ),
    columnSlopes: Float32Array.from(activeColumns, ({ slope }) => slope),
    halfSlopes: [axes[0].halfSlope, axes[1].halfSlope],
  };
}

/** Whether the wave of bin k is real in the input and in the output. */
function isReal({ inputSize, outputSize }: KeptBand, k: number): boolean {
  return k === 0 || (2 * k === inputSize && 2 * k === outputSize);
}

/**
 * `a[i, p] = Σ_k sum_k · wave(2πk(i/n − p/N))`, shape [n, N]. The angle has lcm(n, N) values, so
 * the sums are computed once for each.
 */
function writeMatrix(
  { inputSize: N, outputSize: n }: KeptBand,
  bins: { k: number; sum: number }[],
  wave: (angle: number) => number,
  matrix: Float32Array,
): void {
  const period = (n / greatestCommonDivisor(n, N)) * N;
  const circle = Float64Array.from({ length: period }, (_, j) => wave((2 * Math.PI * j) / period));
  const sums = new Float64Array(period);
  for (const { k, sum } of bins) {
    for (let j = 0, at = 0; j < period; j++) {
      sums[j]! += sum * circle[at]!;
      at += k;
      if (at >= period) at -= period;
    }
  }
  const [down, across] = [period / n, period / N];
  for (let i = 0; i < n; i++) {
    let at = i * down;
    for (let p = 0; p < N; p++) {
      matrix[i * N + p] = sums[at]!;
      at -= across;
      if (at < 0) at += period;
    }
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** `Im P_h = Σ skew · (sin θ cos φ − cos θ sin φ)`: the factors of the output, [h, 2 · bins]. */
function writeSynthesis({ count, output }: Waves, bins: RowBin[], synthesis: Float32Array): void {
  const rank = 2 * count;
  const size = rank === 0 ? 0 : output.length / rank;
  for (let i = 0; i < size; i++) {
    for (let b = 0; b < count; b++) {
      const { skew } = bins[b]!;
      synthesis[i * rank + b] = skew * output[(count + b) * size + i]!;
      synthesis[i * rank + count + b] = -skew * output[b * size + i]!;
    }
  }
}

function wavesOf({ inputSize, outputSize }: KeptBand, bins: number[]): Waves {
  const along = (size: number) => {
    const values = new Float32Array(2 * bins.length * size);
    bins.forEach((k, b) => {
      for (let p = 0; p < size; p++) {
        const angle = (2 * Math.PI * ((k * p) % size)) / size;
        values[b * size + p] = Math.cos(angle);
        values[(bins.length + b) * size + p] = Math.sin(angle);
      }
    });
    return values;
  };
  return { count: bins.length, input: along(inputSize), output: along(outputSize) };
}
