import {
  type AxisMatrix,
  areWavesCheaper,
  type ComplexMatrix,
  entriesOf,
  type KeptBand,
  type KeptFrequency,
  type MaskedMatrix,
  type MaskRamp,
  mostOnRamp,
  type PoolingMatrices,
  type Reach,
  resampleByMatrices,
  untaped,
} from '@ds/kernels';
import {
  add,
  gather,
  matMul,
  mul,
  split,
  sub,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { type Pair, type PairWaves, pairsOf, pairWaves } from './mirrored-pairs.js';
import type { Norm } from './norm.js';
import { placesOnRamp, type RampWindow, valuesAt } from './ramp-window.js';
import {
  analysis,
  axisFactor,
  hermitianFactor,
  product,
  synthesis,
  type Wave,
  wavesOf,
} from './spectral-waves.js';

export { checkNorm, type Norm } from './norm.js';

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
  /** The ramp, if only the device knows its place. Then no distance is flat. */
  window?: RampWindow;
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
  return entriesOfAxes(maskedSpectrum(axes, norm));
}

/** Complex matrices as tensors. The gradient of a learned mask is then that of all entries. */
export function entriesOfAxes(matrices: readonly ComplexMatrix<AxisMatrix>[]): ComplexMatrix[] {
  return matrices.map(({ real, imaginary }) => ({
    real: entriesOf(real),
    ...(imaginary && {
      imaginary: { ...imaginary, synthesis: entriesOf(imaginary.synthesis) },
    }),
  }));
}

/** {@link spectrumOfAxes} with the masks on the ramps as the only learned numbers. */
export function maskedSpectrum(
  axes: readonly SpectrumAxis[],
  norm: Norm,
): ComplexMatrix<AxisMatrix>[] {
  const full = axes.slice(0, -1).map((axis) => fullAxis(axis, norm));
  const hasSkew = full.some(({ imaginary }) => imaginary !== undefined);
  return [...full, halfAxis(axes.at(-1)!, norm, hasSkew)];
}

/** The matrix of an axis with positive and negative frequencies. */
function fullAxis(
  { band, mask, isFlat = () => false, window }: SpectrumAxis,
  norm: Norm,
): ComplexMatrix<AxisMatrix> {
  const pairs = pairsOf(band);
  const { waves, mirrored } = pairWaves(band, pairs, 'real');
  const onRamp = someOf(
    pairs,
    ({ frequency, mirrored }) => !(isFlat(frequency.distance) && isFlat(mirrored)),
  );
  const ramp = mask ? pairWaves(band, onRamp, 'real') : { waves: [], mirrored: [] };
  const skew = skewWaves(band, mask !== null, isFlat);
  const form = { band, factor: pairFactor(band, pairs, mask, norm), part: 'real' } as const;
  const onDevice = window && withinWindow(form, ramp.waves, ramp.mirrored, window);
  const [own, ofMirror, ofRamp, ofRampMirrored, ofSkew, ofMirrored] = maskValues(mask, [
    distancesOf(waves),
    mirrored,
    onDevice ? [] : distancesOf(ramp.waves),
    onDevice ? [] : ramp.mirrored,
    distancesOf(skew?.waves ?? []),
    skew?.mirrored ?? [],
  ]);
  const values = own && ofMirror && untaped(() => add(own, ofMirror) as Tensor1D);
  const learned = ofRamp && ofRampMirrored && (add(ofRamp, ofRampMirrored) as Tensor1D);
  const real = maskedProduct(form, waves, values, onDevice ?? rampOf(form, ramp.waves, learned));
  if (!skew) return { real };
  return { real, imaginary: skewFactors(band, skew.waves, norm, ofSkew, ofMirrored) };
}

/** The matrix of the axis with the Hermitian half. */
function halfAxis(
  { band, mask, isFlat = () => false, window }: SpectrumAxis,
  norm: Norm,
  hasSkew: boolean,
): ComplexMatrix<AxisMatrix> {
  const isOnRamp = ({ frequency }: Wave) => !isFlat(frequency.distance);
  const waves = wavesOf(band, band.frequencies, 'real');
  const ramp = mask ? someOf(waves, isOnRamp) : [];
  const imaginaryWaves = hasSkew ? wavesOf(band, band.frequencies, 'imaginary') : [];
  const imaginaryRamp = mask ? someOf(imaginaryWaves, isOnRamp) : [];
  const factor = hermitianFactor(band, norm);
  const cosines = { band, factor, part: 'real' } as const;
  const sines = { band, factor, part: 'imaginary' } as const;
  const onDevice = window && withinWindow(cosines, ramp, null, window);
  const sinesOnDevice =
    window && hasSkew ? withinWindow(sines, imaginaryRamp, null, window) : undefined;
  const [values, ofRamp, ofImaginary, ofImaginaryRamp] = maskValues(mask, [
    distancesOf(waves),
    onDevice ? [] : distancesOf(ramp),
    distancesOf(imaginaryWaves),
    sinesOnDevice ? [] : distancesOf(imaginaryRamp),
  ]);
  const real = maskedProduct(cosines, waves, values, onDevice ?? rampOf(cosines, ramp, ofRamp));
  if (!hasSkew) return { real };
  const ofSines = sinesOnDevice ?? rampOf(sines, imaginaryRamp, ofImaginaryRamp);
  return {
    real,
    imaginary: { synthesis: maskedProduct(sines, imaginaryWaves, ofImaginary, ofSines) },
  };
}

/**
 * The items that pass, or the first one if none does: a mask without a frequency on its ramp still
 * has a gradient in the strides, of 0.
 */
export function someOf<T>(items: readonly T[], passes: (item: T) => boolean): T[] {
  const passing = items.filter(passes);
  return passing.length > 0 ? passing : items.slice(0, 1);
}

/** What a matrix of {@link product} is made of, besides its waves and masks. */
interface ProductForm {
  band: KeptBand;
  factor: (frequency: KeptFrequency) => number;
  part: 'real' | 'imaginary';
}

/** {@link product} at some masks, of which only those of the ramp have a gradient. */
function maskedProduct(
  { band, factor, part }: ProductForm,
  waves: Wave[],
  values: Tensor1D | null,
  ramp: MaskRamp | null,
): MaskedMatrix {
  const value = untaped(() => product(band, waves, factor, part, values));
  return { shape: value.shape, value, ramp };
}

/** Some waves and their masks as a ramp. */
function rampOf(form: ProductForm, waves: Wave[], mask: Tensor1D | null): MaskRamp | null {
  return mask && { mask, waves: () => wavesOfAll(form, waves) };
}

/**
 * The waves of a window as a ramp. `null` if their gradient takes as many multiply-adds as that of
 * all entries.
 */
function withinWindow(
  form: ProductForm,
  all: Wave[],
  mirrored: number[] | null,
  window: RampWindow,
): MaskRamp | null {
  const { inputSize, outputSize } = form.band;
  const own = distancesOf(all);
  const other = mirrored?.map((distance, at) => (Number.isFinite(distance) ? distance : own[at]!));
  const reaches = own.map((distance, at): Reach => {
    const both = [distance, other?.[at] ?? distance];
    return [Math.min(...both), Math.max(...both)];
  });
  const lists = [false, true]
    .map((isSine) => reaches.filter((_, at) => all[at]!.isSine === isSine))
    .filter((list) => list.length > 0);
  const counts = lists.map((list) => mostOnRamp(list, window.length));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (!areWavesCheaper(total, [outputSize, inputSize])) return null;
  const places = placesOnRamp(lists, window.start, counts);
  if (!places) return null;
  const at = (distances: number[]) => window.maskAt(valuesAt(distances, places));
  return {
    mask: mirrored ? (add(at(own), at(mirrored)) as Tensor1D) : at(own),
    places,
    waves: (chosen) => {
      const { synthesis, analysis } = wavesOfAll(form, all);
      return { synthesis: gather(synthesis, chosen!, 1), analysis: gather(analysis, chosen!) };
    },
  };
}

function wavesOfAll({ band, factor, part }: ProductForm, waves: Wave[]) {
  return { synthesis: synthesis(band, waves, factor, part), analysis: analysis(band, waves) };
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
 * imaginary part is one matrix, as `resampleSpectrum` takes it. The real part of the result needs
 * products of two imaginary parts. So without `keepsImaginary`, a single imaginary part is left
 * out.
 */
export function complexAxes(
  bands: readonly KeptBand[],
  norm: Norm,
  keepsImaginary: boolean,
): ComplexMatrix[] {
  const skews = bands.map((band) => skewOf(band, null, norm));
  const count = skews.filter((skew) => skew !== null).length;
  const isComplex = count > (keepsImaginary ? 0 : 1);
  return bands.map((band, axis) => {
    const real = realRows(band, null, norm);
    const skew = skews[axis];
    if (!isComplex) return { real };
    if (axis < bands.length - 1) return skew ? { real, imaginary: skew } : { real };
    const synthesis: Tensor2D = skew ? matMul(skew.synthesis, skew.analysis) : zeros(real.shape);
    return { real, imaginary: { synthesis } };
  });
}

/** `Re P_h[i,p] = α Σ_k m_k cos(θ_ki − φ_kp)`, shape [h, H]. */
function realRows(band: KeptBand, mask: MaskAt, norm: Norm): Tensor2D {
  const pairs = pairsOf(band);
  const { waves, mirrored } = pairWaves(band, pairs, 'real');
  const [own, ofMirror] = maskValues(mask, [distancesOf(waves), mirrored]);
  const values = own && ofMirror && (add(own, ofMirror) as Tensor1D);
  return product(band, waves, pairFactor(band, pairs, mask, norm), 'real', values);
}

/**
 * The factor α of a pair of mirrored frequencies. Without a mask, which is summed over both, it is
 * 2α if the crop keeps both.
 */
function pairFactor(
  band: KeptBand,
  pairs: Pair[],
  mask: MaskAt,
  norm: Norm,
): (frequency: KeptFrequency) => number {
  const factor = axisFactor(band, norm);
  if (mask) return () => factor;
  const mirrored = new Map(pairs.map((pair) => [pair.frequency, pair.mirrored]));
  return (frequency) => (Number.isFinite(mirrored.get(frequency)) ? 2 : 1) * factor;
}

/**
 * The mask at each list of distances; `null` without a mask, or for an empty list. The mask and its
 * gradient are computed once for all lists: they take many kernels, even for few distances.
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
): PairWaves | null {
  const { inputSize, outputSize } = band;
  const active = pairsOf(band).filter(({ frequency, mirrored }) => {
    const { source, target, distance } = frequency;
    // sin(θ − φ) is 0 at every pixel for zero frequency, and for the Nyquist row of both sizes.
    if ((2 * source) % inputSize === 0 && (2 * target) % outputSize === 0) return false;
    if (mirrored === Number.POSITIVE_INFINITY) return true;
    const isSymmetric = !hasMask || mirrored === distance;
    return !isSymmetric && !(isFlat(distance) && isFlat(mirrored));
  });
  return active.length === 0 ? null : pairWaves(band, active, 'imaginary');
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
