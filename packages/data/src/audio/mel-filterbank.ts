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
  /** Length of the DFT. The bank has floor(n/2) + 1 columns, one for each bin. */
  fftLength: number;
  /** Number of filters. */
  bands: number;
  /** Hz. Default 0. */
  lowest?: number;
  /** Hz. Default half the sample rate. */
  highest?: number;
  /**
   * `'slaney'` (default): linear below 1 kHz and logarithmic above (Slaney's Auditory Toolbox, the
   * default of librosa). `'htk'`: `2595 log₁₀(1 + f/700)` (the HTK book, TensorFlow).
   */
  scale?: 'slaney' | 'htk';
  /** `'slaney'` (default): each filter has area 1, peak 2/(its width in Hz). `'none'`: peak 1. */
  norm?: 'slaney' | 'none';
  /**
   * Axis on which the triangles have straight sides: `'hertz'` (default, as in librosa), or
   * `'mel'`, which leaves out bin 0 (as in TensorFlow).
   */
  triangles?: 'hertz' | 'mel';
}

/** Conversions from Hz to mel and back. */
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
 * Triangular filters with centres equally spaced in mel. The `bands + 2` edges are equally spaced
 * in mel from `lowest` to `highest`. Filter i rises from edge i to edge i + 1 and falls to edge i +
 * 2.
 *
 * With `triangles: 'hertz'` it equals `librosa.filters.mel(sr, n_fft, n_mels, fmin, fmax, htk,
 * norm)`. With `scale: 'htk'`, `norm: 'none'` and `triangles: 'mel'` it equals the transpose of
 * `tf.signal.linear_to_mel_weight_matrix`.
 *
 * Shapes: `bands` rows of floor(fftLength/2) + 1 weights.
 *
 * It warns of filters that are so narrow that they have no bin of the DFT. Such a filter is zero
 * for every sound.
 *
 * @throws ConfigError if a number is out of its range, or 0 ≤ lowest < highest ≤ sampleRate/2 does
 *   not hold.
 */
export function melFilterbank(options: MelOptions): Float64Array[] {
  requireOptions<MelOptions>('melFilterbank', 'options', options, OWN_CHECKS, [
    'sampleRate',
    'fftLength',
    'bands',
  ]);
  return melRows('melFilterbank', options);
}

/**
 * Computes {@link melFilterbank} from options already checked by {@link MEL_CHECKS}. Errors name
 * the function `op`.
 */
export function melRows(op: string, options: MelOptions): Float64Array[] {
  const { sampleRate, fftLength, bands, lowest = 0, highest = sampleRate / 2 } = options;
  const { scale = 'slaney', norm = 'slaney', triangles = 'hertz' } = options;
  if (!(lowest >= 0 && lowest < highest && highest <= sampleRate / 2)) {
    throw new ConfigError(
      `${op}: lowest and highest must satisfy ` +
        `0 <= lowest < highest <= ${sampleRate / 2} Hz, got ${lowest} and ${highest}`,
    );
  }
  requireSize(op, 'bands · fftLength', bands * fftLength, 1, LARGEST_PLANE);
  const { mel, hz } = SCALES[scale];
  const [from, to] = [mel(lowest), mel(highest)];
  const edgesOf = (count: number) =>
    Array.from({ length: count + 2 }, (_, i) => from + ((to - from) * i) / (count + 1));
  const edges = edgesOf(bands);
  const inHertz = edges.map(hz);
  const emptyOf = (count: number) => emptyFilters(edgesOf(count).map(hz), fftLength / sampleRate);
  const empty = emptyOf(bands);
  if (empty > 0) warnOfEmpty(op, options, empty, (count) => emptyOf(count) === 0);
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

/** The number of filters without a bin of the DFT. `bins` is the number of bins per Hz. */
function emptyFilters(edges: number[], bins: number): number {
  const isEmpty = (right: number, i: number) => Math.floor(edges[i]! * bins) + 1 >= right * bins;
  return edges.slice(2).filter(isEmpty).length;
}

const warned = new Set<string>();

/** Warns once of filters without a bin, which are zero for every sound. librosa warns too. */
function warnOfEmpty(
  op: string,
  { bands, fftLength }: MelOptions,
  empty: number,
  isFull: (count: number) => boolean,
): void {
  let most = 0;
  while (isFull(most + 1)) most += 1;
  const note =
    `${op}: ${empty} of ${bands} mel filters have no bin of the DFT, and are 0 for every sound. ` +
    `With fftLength ${fftLength}, up to ${most} bands have one each`;
  if (!warned.has(note)) console.warn(note);
  warned.add(note);
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

/** Skips the other options of a front end; `Spectrogram` checks those. */
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
