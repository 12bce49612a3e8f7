import type { PreparedImage } from '@ds/layers/prepared';
import type { Picture } from './image-bytes.js';

/** Energy of a picture at each frequency: rows in FFT order, floor(W/2) + 1 bins in each row. */
export interface PictureSpectrum {
  height: number;
  width: number;
  bins: number;
  /** |X|² summed over channels. Each bin includes the energy of its mirror image. */
  energy: Float64Array;
}

export function spectrumOf(image: PreparedImage): PictureSpectrum {
  const { height, width } = image;
  const bins = Math.floor(width / 2) + 1;
  const energy = image.powerSpectrum().map((power, i) => {
    const bin = i % bins;
    return bin > 0 && 2 * bin < width ? 2 * power : power;
  });
  return { height, width, bins, energy };
}

/**
 * ‖x − x̂‖/‖x‖ for the masked picture x̂, by Parseval's theorem. If a mask differs at k and −k,
 * this removes slightly too much from columns 0 and W/2, less than a thousandth.
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
  // A black picture loses nothing.
  return lost === 0 ? 0 : Math.sqrt(lost / total);
}

/** The log-spectrum as a grey picture, with frequency 0 in the middle. */
export function spectrumPicture({ height, width, bins, energy }: PictureSpectrum): Picture {
  const logs = energy.map((value) => Math.log10(value + 1e-13));
  const highest = logs.reduce((max, value) => Math.max(max, value), Number.NEGATIVE_INFINITY);
  const lowest = highest - 10;
  const data = new Uint8ClampedArray(width * height * 4);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const ky = row - Math.floor(height / 2);
      const kx = column - Math.floor(width / 2);
      // The half-spectrum has no negative kx: X at (−ky, −kx) is the conjugate.
      const [fy, fx] = kx < 0 ? [-ky, -kx] : [ky, kx];
      const value = logs[((fy + height) % height) * bins + fx]!;
      const gray = 255 * Math.max(0, (value - lowest) / (highest - lowest)) ** 1.4;
      data.set([gray, gray, gray, 255], 4 * (row * width + column));
    }
  }
  return { width, height, data };
}
