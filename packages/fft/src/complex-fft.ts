import FFT from 'fft.js';

/**
 * A plan for the unnormalised complex DFT of one length, in place on an interleaved array:
 * `X_k = Σ_t x_t e^{∓2πi k t / n}` (− forward, + inverse).
 *
 * Powers of two go through fft.js, every other length through Bluestein's chirp-z convolution
 * (Bluestein 1970) over the next power of two ≥ 2n − 1: O(n log n) for primes too.
 */
export class ComplexFft {
  readonly length: number;
  private readonly radix2: FFT | null;
  private readonly bluestein: Bluestein | null;
  private readonly scratch: Float64Array;

  constructor(length: number) {
    this.length = length;
    const powerOfTwo = (length & (length - 1)) === 0;
    this.radix2 = powerOfTwo && length > 1 ? new FFT(length) : null;
    this.bluestein = powerOfTwo ? null : new Bluestein(length);
    this.scratch = new Float64Array(2 * length);
  }

  /** Transforms `data` (2·length numbers, re and im interleaved) in place. */
  transform(data: Float64Array, direction: 'forward' | 'inverse'): void {
    if (this.bluestein) {
      this.bluestein.transform(data, direction);
    } else if (this.radix2) {
      this.scratch.set(data);
      if (direction === 'forward') {
        this.radix2.transform(data, this.scratch);
        return;
      }
      this.radix2.inverseTransform(data, this.scratch);
      // fft.js divides its inverse by n.
      for (let i = 0; i < data.length; i++) data[i]! *= this.length;
    }
  }
}

/** `k·t = (k² + t² − (k − t)²)/2` turns a DFT into a convolution with the chirp e^{πi t²/n}. */
class Bluestein {
  private readonly length: number;
  private readonly size: number;
  private readonly fft: FFT;
  private readonly chirp: Float64Array;
  private readonly chirpSpectrum: Float64Array;
  private readonly padded: Float64Array;
  private readonly spectrum: Float64Array;

  constructor(length: number) {
    this.length = length;
    this.size = 1;
    while (this.size < 2 * length - 1) this.size *= 2;
    this.fft = new FFT(this.size);
    this.chirp = new Float64Array(2 * length);
    for (let t = 0; t < length; t++) {
      // t² mod 2n is exact for every length below 2^26, so the angle is right to the last bit.
      const angle = (Math.PI * ((t * t) % (2 * length))) / length;
      this.chirp[2 * t] = Math.cos(angle);
      this.chirp[2 * t + 1] = -Math.sin(angle);
    }
    const kernel = new Float64Array(2 * this.size);
    for (let t = 0; t < length; t++) {
      const mirrored = (this.size - t) % this.size;
      for (const at of [t, mirrored]) {
        kernel[2 * at] = this.chirp[2 * t]!;
        kernel[2 * at + 1] = -this.chirp[2 * t + 1]!;
      }
    }
    this.chirpSpectrum = new Float64Array(2 * this.size);
    this.fft.transform(this.chirpSpectrum, kernel);
    this.padded = new Float64Array(2 * this.size);
    this.spectrum = new Float64Array(2 * this.size);
  }

  transform(data: Float64Array, direction: 'forward' | 'inverse'): void {
    // The inverse is the forward transform of the conjugate, conjugated.
    const sign = direction === 'forward' ? 1 : -1;
    const { chirp, chirpSpectrum, padded, spectrum, length, size } = this;
    padded.fill(0);
    for (let t = 0; t < length; t++) {
      const re = data[2 * t]!;
      const im = sign * data[2 * t + 1]!;
      const c = chirp[2 * t]!;
      const s = chirp[2 * t + 1]!;
      padded[2 * t] = re * c - im * s;
      padded[2 * t + 1] = re * s + im * c;
    }
    this.fft.transform(spectrum, padded);
    for (let k = 0; k < size; k++) {
      const re = spectrum[2 * k]!;
      const im = spectrum[2 * k + 1]!;
      const c = chirpSpectrum[2 * k]!;
      const s = chirpSpectrum[2 * k + 1]!;
      spectrum[2 * k] = re * c - im * s;
      spectrum[2 * k + 1] = re * s + im * c;
    }
    this.fft.inverseTransform(padded, spectrum);
    for (let k = 0; k < length; k++) {
      const re = padded[2 * k]!;
      const im = padded[2 * k + 1]!;
      const c = chirp[2 * k]!;
      const s = chirp[2 * k + 1]!;
      data[2 * k] = re * c - im * s;
      data[2 * k + 1] = sign * (re * s + im * c);
    }
  }
}
