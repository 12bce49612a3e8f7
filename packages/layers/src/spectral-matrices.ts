import { oneOf } from '@ds/checks';
import {
  type ComplexMatrix,
  type KeptBand,
  type KeptFrequency,
  type PoolingMatrices,
  resampleByMatrices,
} from '@ds/kernels';
import {
  add,
  matMul,
  mul,
  split,
  sub,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tensor2d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { resample } from './resample.js';

/**
 * The position of the factor of the DFT; see `Norm` of `@ds/fft`. Each pooling defaults to the norm
 * of its paper: `'ortho'` in `diffStride` and `spectralPool`, `'forward'` in `asapPool`. `flcPool`
 * defaults to `'forward'` as well, for comparison with `asapPool`.
 */
export type Norm = 'backward' | 'ortho' | 'forward';

export const checkNorm = oneOf('backward', 'ortho', 'forward');

/**
 * Maps kept distances to mask values. `null` means a mask of 1 everywhere. The distance `Infinity`
 * means a cropped frequency, with mask 0.
 */
export type MaskAt = ((distances: number[]) => Tensor1D) | null;

/** Applies matrices of this file. They have the symmetry of a Fourier basis, which is faster. */
export function poolByMatrices(x: Tensor4D, matrices: PoolingMatrices): Tensor4D {
  return resampleByMatrices(x, matrices, { isSymmetric: true });
}

/** An axis of a spectral pooling. */
export interface SpectrumAxis {
  band: KeptBand;
  mask: MaskAt;
  /** Marks distances for which the mask is certainly 1 or certainly 0, and its gradient 0. */
  isFlat?: (distance: number) => boolean;
}

/**
 * Pooling by masking and cropping the spectrum, as one small matrix for each axis.
 *
 * `y = irfftn(crop(mask · rfftn(x)))` is linear in x and separable, so `y = Re(P_1 ⊗ … ⊗ P_d) x`.
 * Each `P = inverse DFT · mask · DFT`. That of the last axis acts on the Hermitian half, where bins
 * other than 0 and w/2 count twice. Of the other axes, only frequencies whose mask differs from the
 * mask of the mirrored frequency contribute to `Im P`. It is stored as a product U·V with at most
 * two columns for each of them. It vanishes for a symmetric mask. If all vanish, the imaginary part
 * of the last axis has no effect and is left out.
 */
export function spectrumOfAxes(axes: readonly SpectrumAxis[], norm: Norm): ComplexMatrix[] {
  const full = axes.slice(0, -1).map((axis) => fullAxis(axis, norm));
  const hasSkew = full.some(({ imaginary }) => imaginary !== undefined);
  return [...full, halfAxis(axes.at(-1)!, norm, hasSkew)];
}

/** The matrix of an axis with positive and negative frequencies. */
function fullAxis({ band, mask, isFlat = () => false }: SpectrumAxis, norm: Norm): ComplexMatrix {
  const waves = wavesOf(band, band.frequencies, 'real');
  const skew = skewWaves(band, mask !== null, isFlat);
  const [values, ofSkew, ofMirrored] = maskValues(mask, [
    distancesOf(waves),
    distancesOf(skew?.waves ?? []),
    skew?.mirrored ?? [],
  ]);
  const factor = axisFactor(band, norm);
  const real = product(band, waves, () => factor, 'real', values);
  if (!skew) return { real };
  return { real, imaginary: skewFactors(band, skew.waves, norm, ofSkew, ofMirrored) };
}

/** The matrix of the axis with the Hermitian half. */
function halfAxis({ band, mask }: SpectrumAxis, norm: Norm, hasSkew: boolean): ComplexMatrix {
  const waves = wavesOf(band, band.frequencies, 'real');
  const imaginaryWaves = hasSkew ? wavesOf(band, band.frequencies, 'imaginary') : [];
  const [values, ofImaginary] = maskValues(mask, [distancesOf(waves), distancesOf(imaginaryWaves)]);
  const factor = hermitianFactor(band, norm);
  const real = product(band, waves, factor, 'real', values);
  if (!hasSkew) return { real };
  const synthesis = product(band, imaginaryWaves, factor, 'imaginary', ofImaginary);
  return { real, imaginary: { synthesis } };
}

/**
 * Matrices of {@link spectrumOfAxes} for images: y = Re P_h · x · Re P_wᵀ − Im P_h · x · Im P_wᵀ.
 */
export function imageMatrices(axes: readonly ComplexMatrix[]): PoolingMatrices {
  const [rows, columns] = axes as [ComplexMatrix, ComplexMatrix];
  const { synthesis, analysis } = rows.imaginary ?? {};
  const skew =
    synthesis && analysis
      ? { synthesis, analysis, columns: columns.imaginary!.synthesis }
      : undefined;
  return { rows: rows.real, columns: columns.real, skew };
}

/**
 * The matrices of images for a full complex spectrum along both axes, without the Hermitian half:
 * the matrices of `Re(P_h · x · P_wᵀ)`, where both P have the same form.
 */
export function complexSpectrumMatrices(
  rows: KeptBand,
  columns: KeptBand,
  rowMask: MaskAt,
  columnMask: MaskAt,
  norm: Norm,
): PoolingMatrices {
  return tidy(() => {
    const rowSkew = skewOf(rows, rowMask, norm);
    const columnSkew = skewOf(columns, columnMask, norm);
    return {
      rows: realRows(rows, rowMask, norm),
      columns: realRows(columns, columnMask, norm),
      skew:
        rowSkew && columnSkew
          ? { ...rowSkew, columns: matMul(columnSkew.synthesis, columnSkew.analysis) as Tensor2D }
          : undefined,
    };
  });
}

/**
 * The complex matrices of a full spectrum along any number of axes, without masks. Only the last
 * imaginary part is one matrix, as `resampleSpectrum` takes it.
 */
export function complexAxes(bands: readonly KeptBand[], norm: Norm): ComplexMatrix[] {
  const skews = bands.map((band) => skewOf(band, null, norm));
  const isComplex = skews.some((skew) => skew !== null);
  return bands.map((band, axis) => {
    const real = realRows(band, null, norm);
    const skew = skews[axis];
    if (axis < bands.length - 1) return skew ? { real, imaginary: skew } : { real };
    if (!isComplex) return { real };
    const synthesis: Tensor2D = skew ? matMul(skew.synthesis, skew.analysis) : zeros(real.shape);
    return { real, imaginary: { synthesis } };
  });
}

/** `Im(P_h · x · P_wᵀ) = Re P_h · x · Im P_wᵀ + Im P_h · x · Re P_wᵀ`, without masks. */
export function imaginaryOfComplexSpectrum(
  x: Tensor4D,
  rows: KeptBand,
  columns: KeptBand,
  norm: Norm,
): Tensor4D {
  return tidy(() => {
    const imaginary = (band: KeptBand) => {
      const factor = axisFactor(band, norm);
      return product(band, wavesOf(band, band.frequencies, 'imaginary'), () => factor, 'imaginary');
    };
    return add(
      resample(x, realRows(rows, null, norm), imaginary(columns)),
      resample(x, imaginary(rows), realRows(columns, null, norm)),
    ) as Tensor4D;
  });
}

/** `Re P_h[i,p] = α Σ_k m_k cos(θ_ki − φ_kp)`, shape [h, H]. */
function realRows(band: KeptBand, mask: MaskAt, norm: Norm): Tensor2D {
  const factor = axisFactor(band, norm);
  const waves = wavesOf(band, band.frequencies, 'real');
  const [values] = maskValues(mask, [distancesOf(waves)]);
  return product(band, waves, () => factor, 'real', values);
}

/**
 * A matrix of one axis: synthesis [size, waves] · diag(mask) · analysis [waves, input size]. With
 * the factor of {@link hermitianFactor} it is `P_w[c,q] = β Σ_l g_l m_l cos(θ_lc − φ_lq)`, or the
 * same with sines for the imaginary part.
 */
function product(
  band: KeptBand,
  waves: Wave[],
  factor: (frequency: KeptFrequency) => number,
  part: 'real' | 'imaginary',
  values: Tensor1D | null = null,
): Tensor2D {
  if (waves.length === 0) return zeros([band.outputSize, band.inputSize]);
  const basis = synthesis(band, waves, factor, part);
  return matMul((values ? mul(basis, values) : basis) as Tensor2D, analysis(band, waves));
}

/**
 * The mask at each list of distances; `null` without a mask, or for an empty list. The mask and its
 * gradient are computed once for all lists: they take many kernels, however few the distances.
 */
function maskValues<Lists extends number[][]>(
  mask: MaskAt,
  lists: [...Lists],
): { [List in keyof Lists]: Tensor1D | null } {
  type Values = { [List in keyof Lists]: Tensor1D | null };
  const filled = lists.filter((list) => list.length > 0);
  if (mask === null || filled.length === 0) return lists.map(() => null) as Values;
  const all = mask(filled.flat());
  const parts =
    filled.length === 1
      ? [all]
      : split(
          all,
          filled.map((list) => list.length),
        );
  return lists.map((list) => (list.length > 0 ? parts[filled.indexOf(list)]! : null)) as Values;
}

function distancesOf(waves: Wave[]): number[] {
  return waves.map(({ frequency }) => frequency.distance);
}

/** The waves of `Im P_h`, and for each the distance of its mirrored frequency. */
interface SkewWaves {
  waves: Wave[];
  mirrored: number[];
}

/**
 * The waves of `Im P_h`, or `null` if it vanishes. A pair of mirrored frequencies contributes
 * `m_k − m_−k`. m_−k is 0 if the crop keeps no mirrored row. `isFlat` marks distances for which the
 * mask is certainly 1 or certainly 0, and its gradient 0. A pair of such distances contributes
 * nothing.
 */
function skewWaves(
  band: KeptBand,
  hasMask: boolean,
  isFlat: (distance: number) => boolean,
): SkewWaves | null {
  const { inputSize, outputSize, frequencies } = band;
  const byTarget = new Map(frequencies.map((frequency) => [frequency.target, frequency]));
  const active: KeptFrequency[] = [];
  const mirrored = new Map<KeptFrequency, number>();
  for (const frequency of frequencies) {
    const { source, target, distance } = frequency;
    // sin(θ − φ) is 0 at every pixel for zero frequency, and for the Nyquist row of both sizes.
    if ((2 * source) % inputSize === 0 && (2 * target) % outputSize === 0) continue;
    const partner = byTarget.get((outputSize - target) % outputSize);
    const isPair =
      partner !== undefined && partner !== frequency && (partner.source + source) % inputSize === 0;
    if (isPair) {
      if (partner.target < target) continue; // its partner stands for the pair
      if (!hasMask || partner.distance === distance) continue; // symmetric
      if (isFlat(distance) && isFlat(partner.distance)) continue;
    }
    active.push(frequency);
    mirrored.set(frequency, isPair ? partner.distance : Number.POSITIVE_INFINITY);
  }
  if (active.length === 0) return null;
  const waves = wavesOf(band, active, 'imaginary');
  return { waves, mirrored: waves.map(({ frequency }) => mirrored.get(frequency)!) };
}

/** `Im P_h = U · V`: `α Σ (m_k − m_−k) sin(θ_k − φ_k)` over mirrored pairs. */
function skewFactors(
  band: KeptBand,
  waves: Wave[],
  norm: Norm,
  values: Tensor1D | null,
  mirrored: Tensor1D | null,
): { synthesis: Tensor2D; analysis: Tensor2D } {
  const factor = axisFactor(band, norm);
  const basis = synthesis(band, waves, () => factor, 'imaginary');
  const masked = values && mirrored ? (mul(basis, sub(values, mirrored)) as Tensor2D) : basis;
  return { synthesis: masked, analysis: analysis(band, waves) };
}

/** `Im P_h` of one axis, or `null` if it vanishes. */
function skewOf(band: KeptBand, mask: MaskAt, norm: Norm) {
  const skew = skewWaves(band, mask !== null, () => false);
  if (!skew) return null;
  const [values, mirrored] = maskValues(mask, [distancesOf(skew.waves), skew.mirrored]);
  return skewFactors(band, skew.waves, norm, values, mirrored);
}

/** The product of the forward and the inverse factor along one axis. */
export function axisFactor(
  { inputSize, outputSize }: Pick<KeptBand, 'inputSize' | 'outputSize'>,
  norm: Norm,
): number {
  switch (norm) {
    case 'backward':
      return 1 / outputSize;
    case 'ortho':
      return 1 / Math.sqrt(inputSize * outputSize);
    case 'forward':
      return 1 / inputSize;
  }
}

/** β·g_l: a half-spectrum bin also stands for its mirror image, unless it is its own. */
function hermitianFactor(band: KeptBand, norm: Norm): (frequency: KeptFrequency) => number {
  const factor = axisFactor(band, norm);
  return ({ target }) => (target === 0 || 2 * target === band.outputSize ? factor : 2 * factor);
}

/** One term of a frequency: the image's cosine or sine, times a wave of the output. */
interface Wave {
  frequency: KeptFrequency;
  isSine: boolean;
}

/**
 * The terms of cos(θ − φ) = cos θ cos φ + sin θ sin φ, or of the imaginary part sin(θ − φ) =
 * sin θ cos φ − cos θ sin φ. The image's cosines come first. Terms with a sine that is 0 at every
 * pixel are left out.
 */
function wavesOf(
  { inputSize, outputSize }: KeptBand,
  frequencies: KeptFrequency[],
  part: 'real' | 'imaginary',
): Wave[] {
  const cosines = frequencies.filter(
    ({ target }) => part === 'real' || (2 * target) % outputSize !== 0,
  );
  const sines = frequencies.filter(({ source }) => (2 * source) % inputSize !== 0);
  return [
    ...cosines.map((frequency) => ({ frequency, isSine: false })),
    ...sines.map((frequency) => ({ frequency, isSine: true })),
  ];
}

/** The output's waves, θ = 2π·target·i/size, times each frequency's factor. */
function synthesis(
  { outputSize: size }: KeptBand,
  waves: Wave[],
  factor: (frequency: KeptFrequency) => number,
  part: 'real' | 'imaginary',
): Tensor2D {
  const { cos, sin } = circle(size);
  const values = new Float32Array(size * waves.length);
  waves.forEach(({ frequency, isSine }, k) => {
    const wave = isSine === (part === 'real') ? sin : cos;
    const scale = (isSine && part === 'imaginary' ? -1 : 1) * factor(frequency);
    for (let i = 0; i < size; i++) {
      values[i * waves.length + k] = scale * wave[(frequency.target * i) % size]!;
    }
  });
  return tensor2d(values, [size, waves.length]);
}

/** The image's waves, φ = 2π·source·p/size. */
function analysis({ inputSize: size }: KeptBand, waves: Wave[]): Tensor2D {
  const { cos, sin } = circle(size);
  const values = new Float32Array(waves.length * size);
  waves.forEach(({ frequency, isSine }, k) => {
    const wave = isSine ? sin : cos;
    for (let p = 0; p < size; p++) values[k * size + p] = wave[(frequency.source * p) % size]!;
  });
  return tensor2d(values, [waves.length, size]);
}

/** One turn of the unit circle in `size` steps. */
function circle(size: number): { cos: Float64Array; sin: Float64Array } {
  const cos = new Float64Array(size);
  const sin = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    cos[i] = Math.cos((2 * Math.PI * i) / size);
    sin[i] = Math.sin((2 * Math.PI * i) / size);
  }
  return { cos, sin };
}
