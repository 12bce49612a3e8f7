import {
  type Check,
  type Checks,
  integerIn,
  numberIn,
  oneOf,
  refuse,
  requireInteger,
  requireOptions,
  requireTensor,
  StateError,
} from '@ds/checks';
import { type Tensor3D, tensor3d, tidy } from '@tensorflow/tfjs-core';
import {
  DIFF_STRIDE_CHECKS,
  type DiffStrideOptions,
  requireLimits,
} from '../diff-stride-options.js';
import { type MaskedBand, spectralColumns, spectralRows } from '../kept-band.js';
import { checkNorm, type Norm } from '../norm.js';
import { axisFactor } from '../spectral-waves.js';
import { diffStrideBands } from '../stride-bands.js';
import { requireStrides } from '../stride-values.js';
import { HeightAxis, type RowShare, WidthAxis } from './axes.js';
import { useHostValues } from './host-values.js';
import { type ParitySpectrum, paritySpectrum, powerOf } from './parity-spectrum.js';
import { type ByParity, PARITIES, parityCounts } from './parity-waves.js';
import { type PixelArray, type PixelLayout, writeRows } from './pooled-rows.js';
import type { Planes } from './row-pairs.js';
import { ScratchMemory, type Take } from './scratch-memory.js';
import { WAVE_TERMS } from './wave-terms.js';

/** The options that every pooling of a {@link PreparedImage} takes. */
export interface PreparedPoolOptions<Out extends PixelArray = PixelArray> extends PixelLayout<Out> {
  /** Scale of the transform pair. Default `'ortho'`. */
  norm?: Norm;
  /** The part of the rows to compute, for several workers. Default: all rows. */
  share?: RowShare;
}

/** Options of {@link PreparedImage.diffStride}: those of `diffStride`, and the destination. */
export type PreparedDiffStrideOptions<Out extends PixelArray = PixelArray> = Pick<
  DiffStrideOptions,
  'smoothness' | 'cropping' | 'alignment' | 'lowerLimit' | 'upperLimit'
> &
  PreparedPoolOptions<Out>;

/** Rows of a pooled image. */
export interface PooledRows<Out extends PixelArray = PixelArray> {
  /** The size of the whole pooled image. */
  height: number;
  width: number;
  /** The row indices, in the order of `values`. */
  rows: number[];
  /** The values of these rows. Shape: `[rows, width, pixelStride]`. */
  values: Out;
  /**
   * The masks over the image's half-spectrum: rows `[H]` in FFT order, and columns
   * `[floor(W/2) + 1]`. Cropped frequencies have 0.
   */
  masks: { rows: Float32Array; columns: Float32Array };
}

/** The results of the width axis on all rows, by part, wave and parity of columns. */
const ACROSS_TERMS = (['real', 'imag'] as const).flatMap((part) =>
  (['cos', 'sin'] as const).flatMap((across) =>
    PARITIES.map((column) => ({ part, across, column })),
  ),
);

/** For each wave term, the index of its entry in {@link ACROSS_TERMS}. */
const ACROSS_OF_TERM = WAVE_TERMS.map(({ part, across, column }) =>
  ACROSS_TERMS.findIndex(
    (one) => one.part === part && one.across === across && one.column === column,
  ),
);

const WHOLE: RowShare = { index: 0, of: 1 };
const MOST_SHARES = 4096;

/**
 * Prepares one image for pooling at many strides, such as those of a slider. It computes the
 * half-spectrum `X = rfft2(x)/(H·W)` once, in float64. Each pooling then only masks, crops and
 * inverts it.
 *
 * Shapes: x `[height, width, channels]`, float32. The caller keeps the tensor. There are no
 * gradients.
 *
 * @throws ConfigError if x is not a float32 tensor of rank 3 with values.
 */
export async function prepareImage(x: Tensor3D): Promise<PreparedImage> {
  requireTensor('prepareImage', 'x', x, { rank: 3, axes: '[height, width, channels]' });
  const [height, width, channels] = x.shape;
  const pixels = await x.data<'float32'>();
  return new PreparedImage(height, width, channels, paritySpectrum(pixels, x.shape));
}

/**
 * An image with its computed spectrum, made by {@link prepareImage}. It pools as `diffStride` and
 * `spectralPool` do, with the same numbers in float32, and writes them on the host.
 *
 * Let B be the masked and cropped half-spectrum. The waves of rows j and −j share a cosine and a
 * sine:
 *
 *     P = Σ_j (B_j + B_−j) cos(2π·i·j/h),    Q = Σ_j (B_j − B_−j) sin(2π·i·j/h),    j = 0 … h/2,
 *     y(±i, c) = Σ_l g_l ((Re P ∓ Im Q) cos(2π·l·c/w) − (Im P ± Re Q) sin(2π·l·c/w)),
 *
 * where g counts a bin and its mirror image. Columns c and w − c share their sums in the same way.
 * For even h, frequencies of one parity share their sums at i and h/2 − i. So a matrix has about
 * h/4 rows and h/4 columns for even h, and h/2 and h/4 for odd h. The width works the same way.
 *
 * {@link rest} makes it cheaper to change one stride. The image holds no tensors between calls. All
 * calls share one block of memory.
 */
export class PreparedImage {
  #spectrum: ParitySpectrum | null;
  #scratch = new ScratchMemory();
  #last: { down: HeightAxis; across: WidthAxis } | null = null;
  /** The results of the height axis on all columns, by wave term. */
  #afterDown: { down: HeightAxis; terms: Planes[] } | null = null;
  /** The results of the width axis on all rows, by {@link ACROSS_TERMS}. */
  #afterAcross: { across: WidthAxis; terms: Planes[] } | null = null;

  /** @internal */
  constructor(
    readonly height: number,
    readonly width: number,
    readonly channels: number,
    spectrum: ParitySpectrum,
  ) {
    this.#spectrum = spectrum;
  }

  /**
   * `diffStride` of the image: `irfft2(crop(mask_h(S_h) · rfft2(x) · mask_w(S_w)))`
   * (Riad et al., ICLR 2022).
   *
   * Strides are in input pixels per output pixel, smoothness in frequency bins.
   *
   * @throws ConfigError if a stride is not a finite number ≥ 1, an option is wrong as in
   *   `diffStride`, or the share does not exist; StateError if the image is disposed.
   */
  async diffStride<Out extends PixelArray = Float32Array<ArrayBuffer>>(
    strides: number | readonly [number, number],
    options: PreparedDiffStrideOptions<Out> = {},
  ): Promise<PooledRows<Out>> {
    const op = 'PreparedImage.diffStride';
    const given = requireStrides(op, strides);
    requireOptions(op, 'options', options, PREPARED_DIFF_STRIDE_CHECKS);
    requireLimits(op, options);
    const { rows, columns } = diffStrideBands([this.height, this.width], given, options);
    return this.#pool(op, rows, columns, options);
  }

  /**
   * `spectralPool` of the image: the low frequencies of `rfft2(x)`, inverted at the smaller size
   * (Rippel, Snoek & Adams 2015).
   *
   * @throws ConfigError if a stride is not a finite number ≥ 1, an option is wrong, or the share
   *   does not exist; StateError if the image is disposed.
   */
  async spectralPool<Out extends PixelArray = Float32Array<ArrayBuffer>>(
    strides: number | readonly [number, number],
    options: PreparedPoolOptions<Out> = {},
  ): Promise<PooledRows<Out>> {
    const op = 'PreparedImage.spectralPool';
    const [strideH, strideW] = requireStrides(op, strides);
    requireOptions(op, 'options', options, POOL_CHECKS);
    const unmasked = (band: Omit<MaskedBand, 'mask'>) => ({
      ...band,
      mask: new Float32Array(band.frequencies.length).fill(1),
    });
    const rows = unmasked(spectralRows(this.height, strideH));
    const columns = unmasked(spectralColumns(this.width, strideW));
    return this.#pool(op, rows, columns, options);
  }

  /**
   * Stores the products of one axis from the last pooling: `'rows'` for the axis of S_h,
   * `'columns'` for that of S_w. While the mask and the share of that axis do not change, each
   * pooling then computes half of its products. Call it when a slider stops. It takes about as long
   * as a pooling at stride 1. It replaces the values stored before for the same axis.
   *
   * @throws ConfigError if the axis is unknown; StateError if there was no pooling yet, or the
   *   image is disposed.
   */
  async rest(axis: 'rows' | 'columns'): Promise<void> {
    const op = 'PreparedImage.rest';
    checkAxis(op, 'axis', axis);
    const spectrum = this.#requireSpectrum(op);
    if (!this.#last) {
      throw new StateError(
        `${op}: the image must be pooled first, got no call of diffStride or spectralPool before`,
      );
    }
    const { down, across } = this.#last;
    if (axis === 'rows') await this.#keepRows(spectrum, down);
    else await this.#keepColumns(spectrum, across);
  }

  /**
   * `Σ_c |X|²`: the power spectrum summed over channels. The spectrum has the factor 1/(H·W).
   * Shape: `[H, floor(W/2) + 1]`, rows in FFT order.
   *
   * @throws StateError if the image is disposed.
   */
  powerSpectrum(): Float64Array {
    return powerOf(this.#requireSpectrum('PreparedImage.powerSpectrum'));
  }

  /** Frees the spectrum and all stored products. The image cannot be pooled afterwards. */
  dispose(): void {
    this.#spectrum = null;
    this.#last = null;
    this.#afterDown = null;
    this.#afterAcross = null;
    this.#scratch = new ScratchMemory();
  }

  async #pool<Out extends PixelArray>(
    op: string,
    rows: MaskedBand,
    columns: MaskedBand,
    { norm = 'ortho', share = WHOLE, ...layout }: PreparedPoolOptions<Out>,
  ): Promise<PooledRows<Out>> {
    const spectrum = this.#requireSpectrum(op);
    const { pixelStride = this.channels, ...rest } = layout;
    requireInteger(op, 'pixelStride', pixelStride, this.channels, Math.max(this.channels, 1024));
    // The spectrum already has a factor of 1/(H·W).
    const down = new HeightAxis(rows, axisFactor(rows, norm) * this.height, share);
    const across = new WidthAxis(columns, axisFactor(columns, norm) * this.width);
    this.#last = { down, across };
    const sums = this.#compute((take) => this.#sums(spectrum, down, across, take));
    const written = await useHostValues(sums, (values) =>
      writeRows(values, down, across, { ...rest, planes: this.channels, pixelStride }),
    );
    return {
      height: rows.outputSize,
      width: columns.outputSize,
      ...written,
      masks: {
        rows: maskOver(rows, this.height),
        columns: maskOver(columns, Math.floor(this.width / 2) + 1),
      },
    };
  }

  /** The sums of the wave terms, with the stored products of an axis if there are any. */
  #sums(spectrum: ParitySpectrum, down: HeightAxis, across: WidthAxis, take: Take): Tensor3D[] {
    const { counts } = across.waves;
    if (this.#afterDown?.down.equals(down)) {
      const terms = this.#afterDown.terms.map((term, i) =>
        uploadColumns(term, counts[WAVE_TERMS[i]!.column], take),
      );
      return across.apply(terms, take);
    }
    if (this.#afterAcross?.across.equals(across)) {
      const { terms } = this.#afterAcross;
      const folded = WAVE_TERMS.map(({ down: wave, row }, i) =>
        down.pairs.fold(terms[ACROSS_OF_TERM[i]!]!, row, wave, across.waves.points, take),
      );
      return down.apply(folded, take);
    }
    return across.apply(down.apply(foldedTerms(spectrum, down, counts, take), take), take);
  }

  async #keepRows(spectrum: ParitySpectrum, down: HeightAxis): Promise<void> {
    if (this.#afterDown?.down.equals(down)) return;
    const memory = this.#afterDown?.terms;
    this.#afterDown = null;
    const all = parityCounts(Math.floor(this.width / 2) + 1);
    const sums = this.#compute((take) => down.apply(foldedTerms(spectrum, down, all, take), take));
    this.#afterDown = { down, terms: await keep(sums, memory) };
  }

  async #keepColumns(spectrum: ParitySpectrum, across: WidthAxis): Promise<void> {
    if (this.#afterAcross?.across.equals(across)) return;
    const memory = this.#afterAcross?.terms;
    this.#afterAcross = null;
    const { counts } = across.waves;
    const sums = this.#compute((take) => {
      const parts = ACROSS_TERMS.map(({ part, column }) =>
        uploadColumns(spectrum[part][column], counts[column], take),
      );
      return across.apply(parts, take, ACROSS_TERMS);
    });
    this.#afterAcross = { across, terms: await keep(sums, memory) };
  }

  /** Computes tensors from uploads in scratch memory, and frees that memory. */
  #compute(make: (take: Take) => Tensor3D[]): Tensor3D[] {
    const tensors = tidy(() => make((size) => this.#scratch.take(size)));
    this.#scratch.clear();
    return tensors;
  }

  #requireSpectrum(op: string): ParitySpectrum {
    if (this.#spectrum) return this.#spectrum;
    throw new StateError(
      `${op}: the image must not be disposed, got a disposed one; prepareImage makes a new one`,
    );
  }
}

/** `B_j ± B_−j` of each wave term, in the first columns of each parity. */
function foldedTerms(
  spectrum: ParitySpectrum,
  { pairs }: HeightAxis,
  counts: ByParity<number>,
  take: Take,
): Tensor3D[] {
  return WAVE_TERMS.map(({ down, row, part, column }) =>
    pairs.fold(spectrum[part][column], row, down, counts[column], take),
  );
}

/** The first columns of planes as a tensor `[planes, rows, count]`. */
function uploadColumns(
  { values, planes, rows, columns }: Planes,
  count: number,
  take: Take,
): Tensor3D {
  const to = take(planes * rows * count);
  for (let row = 0; row < planes * rows; row++) {
    to.set(values.subarray(row * columns, row * columns + count), row * count);
  }
  return tensor3d(to, [planes, rows, count]);
}

/** Copies the values of tensors to the host, into earlier memory if they fit. */
function keep(tensors: Tensor3D[], memory?: Planes[]): Promise<Planes[]> {
  const shapes = tensors.map(({ shape }) => shape);
  return useHostValues(tensors, (values) =>
    shapes.map(([planes, rows, columns], i) => {
      const own = values[i]!;
      const before = memory?.[i]?.values;
      const room = before && before.length >= own.length ? before : new Float32Array(own.length);
      room.set(own);
      return { values: room, planes, rows, columns };
    }),
  );
}

/** A band's mask over all frequencies of the image. Cropped frequencies have 0. */
function maskOver({ frequencies, mask }: MaskedBand, count: number): Float32Array {
  const over = new Float32Array(count);
  for (const [i, { source }] of frequencies.entries()) over[source] = mask[i]!;
  return over;
}

const checkOut: Check = (op, name, out) => {
  if (out instanceof Float32Array || out instanceof Uint8ClampedArray) return;
  refuse(op, name, 'be a Float32Array or a Uint8ClampedArray', out);
};

const checkShare: Check = (op, name, share) => {
  const checks = { index: integerIn(0), of: integerIn(1, MOST_SHARES) };
  requireOptions<RowShare>(op, name, share, checks, ['index', 'of']);
  const { index, of } = share as RowShare;
  if (index >= of) refuse(op, `${name}.index`, `be < of (${of})`, index);
};

const POOL_CHECKS: Checks<PreparedPoolOptions> = {
  norm: checkNorm,
  share: checkShare,
  out: checkOut,
  pixelStride: integerIn(1),
  scale: numberIn(Number.NEGATIVE_INFINITY),
};

const PREPARED_DIFF_STRIDE_CHECKS: Checks<PreparedDiffStrideOptions> = {
  ...POOL_CHECKS,
  smoothness: DIFF_STRIDE_CHECKS.smoothness,
  cropping: DIFF_STRIDE_CHECKS.cropping,
  alignment: DIFF_STRIDE_CHECKS.alignment,
  lowerLimit: numberIn(1),
  upperLimit: DIFF_STRIDE_CHECKS.upperLimit,
};

const checkAxis = oneOf('rows', 'columns');
