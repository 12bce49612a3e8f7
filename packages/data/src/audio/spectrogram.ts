import {
  type Check,
  type Checks,
  ConfigError,
  oneOf,
  refuse,
  requireArray,
  requireBoolean,
  requireInteger,
  requireOptions,
  requirePositive,
  requireSize,
  StateError,
} from '@ds/checks';
import { type RealFftPlan, realFft } from '@ds/fft/plan';
import { hannWindow } from './hann-window.js';
import { MEL_CHECKS, type MelOptions, melRows } from './mel-filterbank.js';
import { requireSamples } from './resample-sound.js';
import { zerosAround } from './zeros-around.js';

/** Options of {@link Spectrogram}. */
export interface SpectrogramOptions extends Omit<MelOptions, 'fftLength' | 'bands'> {
  /** Samples in a frame. */
  frameLength: number;
  /** Samples from one frame's start to the next. */
  hopLength: number;
  /** Length of the DFT. Frames are padded with zeros. Default `frameLength`. */
  fftLength?: number;
  /** Number of mel bands. `null` keeps the DFT bins. */
  bands: number | null;
  /**
   * Centres frame m at sample `m · hopLength`, with zeros around the sound: librosa's
   * `center=True`, `win_length=frameLength`, `pad_mode="constant"`. Default false: frames lie
   * inside the sound (TensorFlow).
   */
  center?: boolean;
  /** Exponent of the magnitudes. 2 (default) gives the power spectrum. */
  power?: 1 | 2;
  /**
   * `'log'` (default): `ln(S + offset)`. `'decibel'`: `10 log₁₀ max(offset, S)`, as librosa's
   * `power_to_db` with `ref=1` and `top_db=None`. `'none'`: S.
   */
  compression?: 'log' | 'decibel' | 'none';
  /** Default 1e-6 with `'log'`, 1e-10 with `'decibel'`. */
  offset?: number;
}

/**
 * The front end of audio networks: frames, periodic Hann window, DFT, mel bands, compression. For
 * samples x, frame m and band b it computes
 *
 * `S_{m,b} = Σ_k M_{b,k} |Σ_t w_t x_{mH + t} e^{−2πi k t/n}|^p`, `w_t = ½ − ½ cos(2πt/L)`.
 *
 * It computes in float64 on `realFft` of `@ds/fft/plan`, without tfjs. After `loadSimd` of
 * `@ds/fft/simd`, new spectrograms use its faster plans. It matches
 * `librosa.feature.melspectrogram` (frameLength = win_length, fftLength = n_fft, `center: true`),
 * and `tf.signal.stft` with `linear_to_mel_weight_matrix` (`scale: 'htk'`, `norm: 'none'`,
 * `triangles: 'mel'`).
 *
 * @throws ConfigError if an option is out of its range, or a mel filter has no bin of the DFT.
 */
export class Spectrogram {
  readonly options: Readonly<
    Required<Omit<SpectrogramOptions, 'bands'>> & { bands: number | null }
  >;
  /** Number of values in a frame: mel bands or DFT bins. */
  readonly bands: number;
  private readonly fft: RealFftPlan;
  private readonly window: Float64Array;
  /** The non-zero weights of each filter. */
  private readonly filters: { first: number; weights: Float64Array }[] | null;
  private readonly frame: Float64Array;
  private readonly spectrum: { real: Float64Array; imag: Float64Array };
  private readonly powers: Float64Array;

  constructor(options: SpectrogramOptions) {
    requireSpectrogram('Spectrogram', options);
    const { frameLength, sampleRate, compression = 'log' } = options;
    this.options = {
      lowest: 0,
      highest: sampleRate / 2,
      scale: 'slaney',
      norm: 'slaney',
      triangles: 'hertz',
      fftLength: frameLength,
      center: false,
      power: 2,
      compression,
      offset: compression === 'decibel' ? 1e-10 : 1e-6,
      ...withoutUndefined(options),
    } as Spectrogram['options'];
    const { fftLength: given } = this.options;
    if (given < frameLength) {
      refuse('Spectrogram', 'fftLength', `be an integer >= frameLength (${frameLength})`, given);
    }
    const { fftLength, bands } = this.options;
    this.fft = realFft(fftLength);
    this.window = hannWindow(frameLength);
    this.filters =
      bands === null ? null : melRows('Spectrogram', { ...this.options, bands }).map(nonZero);
    this.bands = bands ?? this.fft.bins;
    this.frame = new Float64Array(fftLength);
    this.spectrum = {
      real: new Float64Array(this.fft.bins),
      imag: new Float64Array(this.fft.bins),
    };
    this.powers = new Float64Array(this.fft.bins);
  }

  /** Number of frames: `1 + floor((n − L)/H)`, where n includes the zeros of `center`. */
  frames(samples: number): number {
    requireInteger('Spectrogram.frames', 'samples', samples, 0);
    const { frameLength, hopLength } = this.options;
    const { before, after } = zerosAround(this.options);
    const length = before + samples + after;
    return length < frameLength ? 0 : 1 + Math.floor((length - frameLength) / hopLength);
  }

  /**
   * The spectrogram of a whole sound, written to `out` if `out` is given.
   *
   * Shapes: n samples → [frames, bands], row-major.
   *
   * @throws ConfigError if the sound is shorter than a frame, or `out` is not a Float32Array of
   *   this size.
   */
  transform(samples: ArrayLike<number>, out?: Float32Array): Float32Array {
    requireArray('Spectrogram.transform', 'samples', samples);
    if (out !== undefined) requireSamples('Spectrogram.transform', 'out', out);
    const { hopLength, frameLength } = this.options;
    const count = this.frames(samples.length);
    if (count === 0) {
      throw new ConfigError(
        `Spectrogram.transform: samples must be at least a frame (${frameLength}), ` +
          `got ${samples.length}`,
      );
    }
    const values = out ?? new Float32Array(count * this.bands);
    if (values.length !== count * this.bands) {
      throw new ConfigError(
        `Spectrogram.transform: out must have ${count * this.bands} values, got ${values.length}`,
      );
    }
    const { before } = zerosAround(this.options);
    for (let m = 0; m < count; m++) {
      this.transformFrame(samples, m * hopLength - before, values.subarray(m * this.bands));
    }
    return values;
  }

  /**
   * Starts a spectrogram in chunks, for sounds of any length: push chunks as they arrive, and get
   * the frames completed by each chunk. The stream buffers less than one frame of samples. All its
   * frames together equal `transform`.
   */
  stream(): SpectrogramStream {
    return new SpectrogramStream(this);
  }

  /**
   * Computes the frame that starts at sample `start`. Samples outside the sound are 0.
   *
   * Shapes: writes the first `bands` values of `row`.
   *
   * @throws ConfigError if `row` has fewer than `bands` values.
   */
  transformFrame(samples: ArrayLike<number>, start: number, row: Float32Array): void {
    requireArray('Spectrogram.transformFrame', 'samples', samples);
    requireInteger('Spectrogram.transformFrame', 'start', start);
    const length = requireArray('Spectrogram.transformFrame', 'row', row);
    if (length < this.bands) {
      refuse('Spectrogram.transformFrame', 'row', `have at least ${this.bands} values`, length);
    }
    const { frame, window, spectrum, powers, filters, bands } = this;
    const { power, compression, offset } = this.options;
    const first = Math.max(0, -start);
    const end = Math.min(window.length, samples.length - start);
    frame.fill(0);
    for (let t = first; t < end; t++) frame[t] = window[t]! * samples[start + t]!;
    this.fft.forward(frame, spectrum);
    const { real, imag } = spectrum;
    for (let k = 0; k < powers.length; k++) {
      const square = real[k]! * real[k]! + imag[k]! * imag[k]!;
      powers[k] = power === 2 ? square : Math.sqrt(square);
    }
    for (let band = 0; band < bands; band++) {
      let value = 0;
      if (filters) {
        const { first: from, weights } = filters[band]!;
        for (let i = 0; i < weights.length; i++) value += weights[i]! * powers[from + i]!;
      } else {
        value = powers[band]!;
      }
      if (compression === 'log') value = Math.log(value + offset);
      else if (compression === 'decibel') value = 10 * Math.log10(Math.max(offset, value));
      row[band] = value;
    }
  }
}

/** An incremental spectrogram; see {@link Spectrogram.stream}. */
export class SpectrogramStream {
  /** Buffered samples, from the start of the next frame on. */
  private kept: Float32Array;
  /** Samples to skip before the next frame starts, if the hop is longer than a frame. */
  private gap = 0;
  private isEnded = false;

  constructor(private readonly spectrogram: Spectrogram) {
    if (!(spectrogram instanceof Spectrogram)) {
      refuse('SpectrogramStream', 'spectrogram', 'be a Spectrogram', spectrogram);
    }
    this.kept = new Float32Array(zerosAround(spectrogram.options).before);
  }

  /**
   * Takes the next samples and returns the frames they complete.
   *
   * Shapes: any number of samples → [frames, bands], row-major.
   *
   * @throws StateError after `end`.
   */
  push(samples: ArrayLike<number>): Float32Array {
    requireArray('SpectrogramStream.push', 'samples', samples);
    if (this.isEnded) throw new StateError('SpectrogramStream.push: the sound must not have ended');
    const { spectrogram, kept } = this;
    const { hopLength, frameLength } = spectrogram.options;
    const passed = Math.min(this.gap, samples.length);
    this.gap -= passed;
    const all = new Float32Array(kept.length + samples.length - passed);
    all.set(kept);
    for (let i = passed; i < samples.length; i++) all[kept.length + i - passed] = samples[i]!;
    const count =
      all.length < frameLength ? 0 : 1 + Math.floor((all.length - frameLength) / hopLength);
    const rows = new Float32Array(count * spectrogram.bands);
    for (let m = 0; m < count; m++) {
      spectrogram.transformFrame(all, m * hopLength, rows.subarray(m * spectrogram.bands));
    }
    const next = count * hopLength;
    if (next > all.length) this.gap = next - all.length;
    this.kept = all.slice(next);
    return rows;
  }

  /** Ends the sound. Returns the last frames; there are some only with `center`. */
  end(): Float32Array {
    const rows = this.push(new Float32Array(zerosAround(this.spectrogram.options).after));
    this.isEnded = true;
    return rows;
  }
}

function withoutUndefined<T extends object>(options: T): T {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as T;
}

function nonZero(row: Float64Array): { first: number; weights: Float64Array } {
  const first = row.findIndex((weight) => weight > 0);
  if (first < 0) return { first: 0, weights: new Float64Array(0) };
  return { first, weights: row.slice(first, row.findLastIndex((weight) => weight > 0) + 1) };
}

/** @throws ConfigError if an option of a front end, or an option in `others`, is out of range. */
export function requireSpectrogram(
  op: string,
  options: SpectrogramOptions,
  others: Record<string, Check> = {},
): void {
  requireOptions<SpectrogramOptions>(op, 'options', options, { ...SPECTROGRAM_CHECKS, ...others }, [
    'sampleRate',
    'frameLength',
    'hopLength',
    'bands',
  ]);
}

/** The checks of {@link SpectrogramOptions}. */
const SPECTROGRAM_CHECKS: Checks<SpectrogramOptions> = {
  ...MEL_CHECKS,
  frameLength: requireSize,
  hopLength: requireSize,
  bands: (op, name, bands) => bands === null || requireSize(op, name, bands),
  center: requireBoolean,
  power: oneOf(1, 2),
  compression: oneOf('log', 'decibel', 'none'),
  offset: requirePositive,
};
