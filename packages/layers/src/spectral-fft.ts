import { irfft2d, rfft2d } from '@ds/fft';
import type { KeptBand } from '@ds/kernels';
import {
  concat,
  mul,
  reshape,
  scalar,
  slice,
  type Tensor,
  type Tensor4D,
  tidy,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import type { MaskAt, Norm } from './spectral-matrices.js';
import { axisFactor } from './spectral-waves.js';

/** The number of values that are transformed together, unless one image has more. */
const TOGETHER = 2 ** 24;

/**
 * Computes `poolSpectrum` by fast Fourier transforms: `irfft2(crop(mask · rfft2(x)))`. The cost per
 * plane grows with H·W·log(H·W), and that of the two matrix products with H·W·(h + w). So large
 * images are faster here. Shapes and gradients are those of `poolSpectrum`.
 *
 * Transforms need five times the memory of their images. So a large batch is pooled in parts.
 */
export function poolByFft(
  x: Tensor4D,
  rows: KeptBand,
  columns: KeptBand,
  rowMask: MaskAt,
  columnMask: MaskAt,
  norm: Norm,
): Tensor4D {
  const batch = x.shape[0];
  const count = Math.max(1, Math.floor((TOGETHER * batch) / x.size));
  return tidy(() => {
    const parts: Tensor4D[] = [];
    for (let start = 0; start < batch; start += count) {
      const part = batch > count ? slice(x, start, Math.min(count, batch - start)) : x;
      parts.push(poolTogether(part, rows, columns, rowMask, columnMask, norm));
    }
    return concat(parts, 0);
  });
}

function poolTogether(
  x: Tensor4D,
  rows: KeptBand,
  columns: KeptBand,
  rowMask: MaskAt,
  columnMask: MaskAt,
  norm: Norm,
): Tensor4D {
  return tidy(() => {
    const planes = transpose(x, [0, 3, 1, 2]);
    const spectrum = rfft2d(planes);
    // The inverse transform divides by h·w. This factor undoes it and applies `norm`.
    const factor =
      axisFactor(rows, norm) * rows.outputSize * axisFactor(columns, norm) * columns.outputSize;
    const bins = Math.floor(columns.outputSize / 2) + 1;
    const masked = (part: Tensor) => {
      const cut = kept(kept(part, 2, rows), 3, columns);
      const low = mul(mul(cut, onAxis(rows, rowMask, 2)), onAxis(columns, columnMask, 3));
      return mul(placed(placed(low, 2, rows, rows.outputSize), 3, columns, bins), scalar(factor));
    };
    const pooled = irfft2d(
      { real: masked(spectrum.real), imag: masked(spectrum.imag) },
      { outputSize: [rows.outputSize, columns.outputSize] },
    );
    return transpose(pooled, [0, 2, 3, 1]) as Tensor4D;
  });
}

/** The kept frequencies of an axis, concatenated. */
function kept(part: Tensor, axis: number, band: KeptBand): Tensor {
  return joined(
    runs(band).map(({ source, count }) => piece(part, axis, source, count)),
    axis,
  );
}

/** Puts the kept frequencies at their places in the output's spectrum, with zeros elsewhere. */
function placed(part: Tensor, axis: number, band: KeptBand, places: number): Tensor {
  const pieces: Tensor[] = [];
  let taken = 0;
  let filled = 0;
  for (const { target, count } of runs(band)) {
    if (target > filled) pieces.push(blank(part, axis, target - filled));
    pieces.push(piece(part, axis, taken, count));
    taken += count;
    filled = target + count;
  }
  if (filled < places) pieces.push(blank(part, axis, places - filled));
  return joined(pieces, axis);
}

function piece(part: Tensor, axis: number, start: number, count: number): Tensor {
  if (start === 0 && count === part.shape[axis]) return part;
  const begin = part.shape.map((_, at) => (at === axis ? start : 0));
  const size = part.shape.map((length, at) => (at === axis ? count : length));
  return slice(part, begin, size);
}

function joined(pieces: Tensor[], axis: number): Tensor {
  return pieces.length === 1 ? pieces[0]! : concat(pieces, axis);
}

/** Groups frequencies that are consecutive in both spectra. */
function runs({ frequencies }: KeptBand): { source: number; target: number; count: number }[] {
  const found: { source: number; target: number; count: number }[] = [];
  for (const { source, target } of frequencies) {
    const last = found.at(-1);
    if (last && source === last.source + last.count && target === last.target + last.count) {
      last.count++;
    } else {
      found.push({ source, target, count: 1 });
    }
  }
  return found;
}

function blank(part: Tensor, axis: number, count: number): Tensor {
  return zeros(part.shape.map((length, at) => (at === axis ? count : length)));
}

/** A band's mask, shaped to broadcast along one of four axes. */
function onAxis(band: KeptBand, mask: MaskAt, axis: number): Tensor {
  const values = mask?.(band.frequencies.map(({ distance }) => distance));
  const shape = [1, 1, 1, 1];
  if (!values) return reshape(scalar(1), shape);
  shape[axis] = values.size;
  return reshape(values, shape);
}
