import type { KeptBand, KeptFrequency } from '@ds/kernels';
import { tensor1d } from '@tensorflow/tfjs-core';
import type { MaskAt } from './spectral-matrices.js';

/** The distance that marks the Nyquist frequency of an even input in a padded band. */
const NYQUIST = 1;

/**
 * The rows of a spectrum that is padded with zeros, from n to N ≥ n rows. Frequency k keeps its
 * sign: its row is k for k ≥ 0, and N + k else. For N > n and even n, row n/2 of the input goes to
 * both rows ±n/2 of the output, each with the factor 1/2 of {@link nyquistMask}.
 */
export function paddedRows(inputSize: number, outputSize: number): KeptBand {
  const frequencies: KeptFrequency[] = positive(inputSize, outputSize);
  if (isSplit(inputSize, outputSize)) {
    const half = inputSize / 2;
    frequencies.push({ source: half, target: outputSize - half, distance: NYQUIST });
  }
  for (let k = Math.floor((inputSize - 1) / 2); k >= 1; k--) {
    frequencies.push({ source: inputSize - k, target: outputSize - k, distance: 0 });
  }
  return { inputSize, outputSize, frequencies };
}

/** The columns of a half-spectrum that is padded with zeros, from n to N ≥ n pixels. */
export function paddedColumns(inputSize: number, outputSize: number): KeptBand {
  return { inputSize, outputSize, frequencies: positive(inputSize, outputSize) };
}

/** The factor 1/2 of the Nyquist frequency of a padded band, or `null` if all factors are 1. */
export function nyquistMask({ inputSize, outputSize }: KeptBand): MaskAt {
  if (!isSplit(inputSize, outputSize)) return null;
  const factorOf = (distance: number) => (distance === NYQUIST ? 0.5 : 1);
  return (distances) =>
    tensor1d(distances.map((distance) => (Number.isFinite(distance) ? factorOf(distance) : 0)));
}

/** The frequencies 0 … floor(n/2). */
function positive(inputSize: number, outputSize: number): KeptFrequency[] {
  const split = isSplit(inputSize, outputSize);
  return Array.from({ length: Math.floor(inputSize / 2) + 1 }, (_, k) => ({
    source: k,
    target: k,
    distance: split && 2 * k === inputSize ? NYQUIST : 0,
  }));
}

function isSplit(inputSize: number, outputSize: number): boolean {
  return inputSize % 2 === 0 && outputSize > inputSize;
}
