import {
  type Checks,
  ConfigError,
  LARGEST_PLANE,
  oneOf,
  requireNumber,
  requireOptions,
  requirePositive,
  requireSize,
} from '@ds/checks';
/** Options of {@link melFilterbank}. */
export interface MelOptions {
  /** Hz. */
  sampleRate: number;
  /** Length of the DFT; the bank has its floor(n/2) + 1 bins as columns. */
  fftLength: number;
  /** Number of filters. */
  bands: number;
  /** Hz. Default 0. */
  lowest?: number;
  /** Hz. Default half the sample rate. */
  highest?: number;
  /**
   * `'slaney'` (default): linear below 1 kHz and logarithmic above (Slaney's Auditory Toolbox, librosa's default); `'htk'`:
   * `2595 log₁₀(1 + f/700)` (the HTK book, TensorFlow).
   */
  scale?: 'slaney' | 'htk';
  /** `'slaney'` (default): each filter's area is one, 2/(its width in Hz); `'none'`: its peak is one. */
  norm?: 'slaney' | 'none';
  /** Whether the sides are straight over `'hertz'` (default; librosa) or over `'mel'`, with bin 0 left out (TensorFlow). */
  triangles?: 'hertz' | 'mel';
}

/** Mel of Hz, and back. */
const SCALES = {
  htk: {
    mel: (hz: number) => 2595 * Math.log10(1 + hz / 700),
    hz: (mel: number) => 700 * (10 ** (mel / 2595) - 1),
  },
  slaney: {
    mel: (hz: number) =>
      hz < 1000 ? (3 * hz) / 200 : 15 + (27 * Math.log(hz / 1000)) / Math.log(6.4),
    hz: (mel: number) =>
      mel < 15 ? (200 * mel) / 3 : 1000 * Math.exp(((mel - 15) * Math.log(6.4)) / 27),
  },
};

/**
 * Triangular filters whose centres are equally spaced in mel: filter i rises from edge i to edge i + 1 and falls to edge i + 2,
 * the `bands + 2` edges equally spaced in mel from `lowest` to `highest`.
 *
 * Equal to `librosa.filters.mel(sr, n_fft, n_mels, fmin, fmax, htk, norm)` with `triangles: 'hertz'`, and to
 * `tf.signal.linear_to_mel_weight_matrix` (transposed) with `scale: 'htk'`, `norm: 'none'`, `triangles: 'mel'`.
 *
 * Shapes: `bands` rows of floor(fftLength/2) + 1 weights.
 *
 * @throws ConfigError if a number is out of its range, or 0 ≤ lowest < highest ≤ sampleRate/2 does not hold.
 */
export function melFilterbank(options: MelOptions): Float64Array[] {
  requireOptions<MelOptions>('melFilterbank', 'options', options, OWN_CHECKS, [
    'sampleRate',
    'fftLength',
    'bands',
  ]);
  return melRows(options);
}

/** {@link melFilterbank} for options that have passed {@link MEL_CHECKS}. */
export function melRows(options: MelOptions): Float64Array[] {
  const { sampleRate, fftLength, bands, lowest = 0, highest = sampleRate / 2 } = options;
  const { scale = 'slaney', norm = 'slaney', triangles = 'hertz' } = options;
  if (!(lowest >= 0 && lowest < highest && highest <= sampleRate / 2)) {
    throw new ConfigError(
      'melFilterbank: lowest and highest must satisfy ' +
        `0 <= lowest < highest <= ${sampleRate / 2} Hz, got ${lowest} and ${highest}`,
    );
  }
  requireSize('melFilterbank', 'bands · fftLength', bands * fftLength, 1, LARGEST_PLANE);
  const { mel, hz } = SCALES[scale];
  const [from, to] = [mel(lowest), mel(highest)];
  const edges = Array.from({ length: bands + 2 }, (_, i) => from + ((to - from) * i) / (bands + 1));
  const inHertz = edges.map(hz);
  const at = triangles === 'mel' ? edges : inHertz;
  const bins = Math.floor(fftLength / 2) + 1;
  return Array.from({ length: bands }, (_, band) => {
    const [left, centre, right] = [at[band]!, at[band + 1]!, at[band + 2]!];
    const area = norm === 'slaney' ? 2 / (inHertz[band + 2]! - inHertz[band]!) : 1;
    return Float64Array.from({ length: bins }, (_, bin) => {
      if (triangles === 'mel' && bin === 0) return 0;
      const frequency = (bin * sampleRate) / fftLength;
      const x = triangles === 'mel' ? mel(frequency) : frequency;
      const height = Math.min((x - left) / (centre - left), (right - x) / (right - centre));
      return area * Math.max(0, height);
    });
  });
}

/** The checks of {@link MelOptions}. */
export const MEL_CHECKS: Checks<MelOptions> = {
  sampleRate: requirePositive,
  fftLength: requireLength,
  bands: requireSize,
  lowest: requireNumber,
  highest: requireNumber,
  scale: oneOf('slaney', 'htk'),
  norm: oneOf('slaney', 'none'),
  triangles: oneOf('hertz', 'mel'),
};

/** Accepts the other options of a front end, which `Spectrogram` checks. */
const others = () => {};

const OWN_CHECKS = {
  ...MEL_CHECKS,
  frameLength: others,
  hopLength: others,
  center: others,
  power: others,
  compression: others,
  offset: others,
};

function requireLength(op: string, name: string, length: unknown): void {
  requireSize(op, name, length, 2);
}
