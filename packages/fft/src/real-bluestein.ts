import { Bluestein } from './bluestein.js';
import { type Doubles, doubles } from './doubles.js';
import type { FloatArray, RealKernel } from './real-kernel.js';

/** Real signals of odd lengths with a large prime factor: Bluestein's complex transform of the whole length. */
export class RealBluestein implements RealKernel {
  readonly signal: Doubles;
  private readonly fft: Bluestein;
  private readonly data: Doubles;

  constructor(private readonly length: number) {
    this.fft = new Bluestein(length);
    this.signal = doubles(length);
    this.data = doubles(2 * length);
  }

  forward(real: FloatArray, imag: FloatArray, at: number): void {
    const { data, signal, length } = this;
    for (let t = 0; t < length; t++) {
      data[2 * t] = signal[t]!;
      data[2 * t + 1] = 0;
    }
    this.fft.transform(data, data);
    for (let k = 0; 2 * k < length; k++) {
      real[at + k] = data[2 * k]!;
      imag[at + k] = data[2 * k + 1]!;
    }
    // A rounding error would be there.
    imag[at] = 0 * real[at]!;
  }

  inverse(real: ArrayLike<number>, imag: ArrayLike<number>, at: number, scale: number): void {
    const { data, signal, length } = this;
    // Parts are swapped: the forward transform is then the inverse.
    data[1] = scale * real[at]!;
    data[0] = 0;
    for (let k = 1; 2 * k < length; k++) {
      data[2 * k + 1] = scale * real[at + k]!;
      data[2 * k] = scale * imag[at + k]!;
      data[2 * (length - k) + 1] = scale * real[at + k]!;
      data[2 * (length - k)] = -scale * imag[at + k]!;
    }
    this.fft.transform(data, data);
    for (let t = 0; t < length; t++) signal[t] = data[2 * t + 1]!;
  }
}
