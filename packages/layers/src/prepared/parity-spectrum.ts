import { RealFft2d } from '@ds/fft/plan';
import { type ByParity, PARITIES, parityCounts } from './parity-waves.js';
import type { Planes } from './row-pairs.js';

/** The half-spectra of an image's channels, split into even and odd columns. */
export interface ParitySpectrum {
  /** Shape of each parity: `[channels, H, columns of the parity]`, rows in FFT order. */
  real: ByParity<Planes>;
  imag: ByParity<Planes>;
}

/**
 * `rfft2(x)/(H·W)` of each channel, with all sums in float64. Shape of the pixels:
 * `[height, width, channels]`.
 */
export function paritySpectrum(
  pixels: Float32Array,
  [height, width, channels]: [number, number, number],
): ParitySpectrum {
  const values = new Float32Array(pixels.length);
  for (let channel = 0, to = 0; channel < channels; channel++) {
    for (let i = channel; i < pixels.length; i += channels) values[to++] = pixels[i]!;
  }
  const plan = new RealFft2d(height, width);
  const size = channels * height * plan.bins;
  const out = { real: new Float32Array(size), imag: new Float32Array(size) };
  const { real, imag } = plan.forward(values, out, 1 / (height * width));
  const split = (part: Float32Array) =>
    PARITIES.map((parity) => {
      const columns = parityCounts(plan.bins)[parity];
      const own = new Float32Array(channels * height * columns);
      for (let row = 0, to = 0; row < channels * height; row++) {
        for (let c = parity; c < plan.bins; c += 2) own[to++] = part[row * plan.bins + c]!;
      }
      return { values: own, planes: channels, rows: height, columns };
    }) as ByParity<Planes>;
  return { real: split(real), imag: split(imag) };
}

/** `Σ |X|²` over the channels. Shape: `[H, bins]`. */
export function powerOf({ real, imag }: ParitySpectrum): Float64Array {
  const { rows: height, planes } = real[0];
  const bins = real[0].columns + real[1].columns;
  const power = new Float64Array(height * bins);
  for (const part of [real, imag]) {
    for (const parity of PARITIES) {
      const { values, columns } = part[parity];
      for (let row = 0, from = 0; row < planes * height; row++) {
        const to = (row % height) * bins + parity;
        for (let c = 0; c < columns; c++) power[to + 2 * c]! += values[from++]! ** 2;
      }
    }
  }
  return power;
}
