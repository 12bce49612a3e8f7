import { RealFft } from '@ds/fft/plan';
import { type Fold, foldedSpectrum } from './folded-spectrum.js';
import type { Picture } from './image-bytes.js';

/** The half-spectrum of a picture: rows in the order of the FFT, W/2 + 1 bins in each, with the factor 1/(H·W). */
export interface PictureSpectrum {
  height: number;
  width: number;
  bins: number;
  folds: Fold[];
  /** |X|² summed over channels, every bin with its mirror image. */
  energy: Float64Array;
}

/** The spectrum of a picture, in float64 until it is done. */
export function pictureSpectrum({ width, height, data }: Picture): PictureSpectrum {
  const along = new RealFft(width);
  const down = new RealFft(height);
  const { bins } = along;
  const energy = new Float64Array(height * bins);
  const real = new Float64Array(3 * height * bins);
  const imag = new Float64Array(3 * height * bins);
  const line = new Float64Array(width);
  const column = new Float64Array(height);
  for (let channel = 0; channel < 3; channel++) {
    const first = channel * height * bins;
    for (let row = 0; row < height; row++) {
      for (let i = 0; i < width; i++) line[i] = data[4 * (row * width + i) + channel]! / 255;
      const at = first + row * bins;
      along.forward(line, {
        real: real.subarray(at, at + bins),
        imag: imag.subarray(at, at + bins),
      });
    }
    for (let bin = 0; bin < bins; bin++) {
      // F(a + ib) = F(a) + i F(b), of two real signals, whose upper halves are the conjugates of their lower ones.
      const halfOf = (part: Float64Array) => {
        for (let row = 0; row < height; row++) column[row] = part[first + row * bins + bin]!;
        return down.forward(column);
      };
      const a = halfOf(real);
      const b = halfOf(imag);
      const copies = bin > 0 && 2 * bin < width ? 2 : 1;
      for (let row = 0; row < height; row++) {
        const k = Math.min(row, height - row);
        const sign = 2 * row <= height ? 1 : -1;
        const at = first + row * bins + bin;
        real[at] = (a.real[k]! - sign * b.imag[k]!) / (height * width);
        imag[at] = (sign * a.imag[k]! + b.real[k]!) / (height * width);
        energy[row * bins + bin]! += copies * (real[at] ** 2 + imag[at] ** 2);
      }
    }
  }
  return { height, width, bins, folds: foldedSpectrum({ real, imag }, height, bins), energy };
}

/**
 * Parseval: the share of the picture's norm that masks take away. (Masks that differ for ±k take a little more out of columns 0
 * and W/2, under a thousandth.)
 */
export function lostShare(
  { bins, energy }: PictureSpectrum,
  vertical: ArrayLike<number>,
  horizontal: ArrayLike<number>,
): number {
  let lost = 0;
  let total = 0;
  for (let row = 0; row < vertical.length; row++) {
    for (let bin = 0; bin < bins; bin++) {
      const value = energy[row * bins + bin]!;
      total += value;
      const gone = 1 - vertical[row]! * horizontal[bin]!;
      lost += value * gone * gone;
    }
  }
  return Math.sqrt(lost / total);
}

/** The log-spectrum as a grey picture with frequency 0 in the middle. */
export function spectrumPicture({ height, width, bins, energy }: PictureSpectrum): Picture {
  const logs = energy.map((value) => Math.log10(value + 1e-13));
  const highest = logs.reduce((max, value) => Math.max(max, value), Number.NEGATIVE_INFINITY);
  const lowest = highest - 10;
  const data = new Uint8ClampedArray(width * height * 4);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const ky = row - Math.floor(height / 2);
      const kx = column - Math.floor(width / 2);
      // Left of the middle is the conjugate half.
      const [fy, fx] = kx < 0 ? [-ky, -kx] : [ky, kx];
      const value = logs[((fy + height) % height) * bins + fx]!;
      const gray = 255 * Math.max(0, (value - lowest) / (highest - lowest)) ** 1.4;
      data.set([gray, gray, gray, 255], 4 * (row * width + column));
    }
  }
  return { width, height, data };
}
