import {
  type Check,
  type Checks,
  ConfigError,
  integerIn,
  numberIn,
  refuse,
  requireInteger,
  requireList,
  requireNumber,
  requireNumbers,
  requireOptions,
} from '@ds/checks';

/**
 * The filter of a blur along an axis. `'binomial'`: a row of Pascal's triangle (Zhang 2019).
 * `'kaiser'`: a sinc with a Kaiser window, designed for the stride. `{ taps }`: your own filter,
 * one list for all axes or one list for each axis.
 */
export type BlurFilter = 'binomial' | 'kaiser' | { taps: number[] | number[][] };

/** The options of a blur that determine its filter. */
export interface BlurFilterOptions {
  /**
   * Number of taps, one for all axes or one for each axis. `'binomial'`: 1 … 7, default 3.
   * `'kaiser'`: 1 … 1023, by default the number that `attenuation` and the stride need. Excludes
   * `{ taps }`.
   */
  filterSize?: number | readonly number[];
  /** Default `'binomial'`. */
  filter?: BlurFilter;
  /** Attenuation of the stop band of `'kaiser'` in dB, 21 … 120. Default 40. */
  attenuation?: number;
}

/** The filter of a blur with every option. `null` means that an option does not apply. */
export interface BlurFilterSetting {
  filterSize: number | readonly number[] | null;
  filter: BlurFilter;
  attenuation: number | null;
}

/** The options of a blur along one axis. */
export interface AxisFilterOptions extends BlurFilterOptions {
  filterSize?: number;
  filter?: 'binomial' | 'kaiser' | { taps: number[] };
}

/** The most taps of a binomial filter, and of other filters. */
const MOST_BINOMIAL = 7;
const MOST_TAPS = 1023;

/**
 * The taps of a blur's filter along one axis. Their sum is 1.
 *
 * - `'binomial'`: row n − 1 of Pascal's triangle over 2^(n−1): [1], [1 1]/2, [1 2 1]/4, ….
 * - `'kaiser'`: `h(u) ∝ sinc(2 f_c u) · I₀(β √(1 − (2u/(n−1))²))` at u = −(n−1)/2 … (n−1)/2, with
 *   the cut-off f_c = 1/(2·stride) cycles per pixel. For an attenuation of A dB, β is
 *   `0.1102 (A − 8.7)` above 50, and else `0.5842 (A − 21)^0.4 + 0.07886 (A − 21)`. The number of
 *   taps is the odd number from `n = (A − 7.95)/(14.36 Δf) + 1` on, with the transition width
 *   Δf = f_c. So the stop band begins at 1.5 f_c. A `filterSize` gives n instead. At stride 1 the
 *   filter is [1] (Kaiser, "Nonrecursive digital filter design using the I₀-sinh window function",
 *   1974).
 * - `{ taps }`: the given numbers over their sum.
 *
 * @param stride an integer ≥ 1. Only `'kaiser'` depends on it.
 * @throws ConfigError if the stride or an option is out of its range, an option does not apply to
 *   the filter, or taps sum to 0.
 */
export function blurFilter(stride: number, options: AxisFilterOptions = {}): number[] {
  requireInteger('blurFilter', 'stride', stride, 1);
  requireOptions<BlurFilterOptions>('blurFilter', 'options', options, filterChecks(1));
  const setting = filterSetting('blurFilter', options);
  return axisFilters('blurFilter', [stride], setting, 'stride')[0]!;
}

/**
 * The taps along each axis.
 *
 * @param name the argument of the strides.
 */
export function axisFilters(
  op: string,
  strides: readonly number[],
  { filter, filterSize, attenuation }: BlurFilterSetting,
  name = 'strides',
): number[][] {
  return strides.map((stride, axis) => {
    const size = Array.isArray(filterSize) ? filterSize[axis]! : filterSize;
    if (filter === 'binomial') return binomial(size!);
    if (filter === 'kaiser') {
      return kaiser(size ?? kaiserLength(op, name, stride, attenuation!), stride, attenuation!);
    }
    return normalized((isPerAxis(filter.taps) ? filter.taps[axis] : filter.taps) as number[]);
  });
}

/**
 * The filter of checked options, with defaults.
 *
 * @throws ConfigError if an option does not apply to the filter.
 */
export function filterSetting(op: string, options: BlurFilterOptions): BlurFilterSetting {
  const { filter = 'binomial', filterSize, attenuation } = options;
  if (filter !== 'kaiser' && attenuation !== undefined) {
    refuse(op, 'attenuation', "be left out unless filter is 'kaiser'", attenuation);
  }
  if (filter === 'kaiser') {
    return { filter, filterSize: filterSize ?? null, attenuation: attenuation ?? 40 };
  }
  if (filter === 'binomial') {
    for (const size of [filterSize ?? []].flat()) {
      requireInteger(op, 'filterSize', size, 1, MOST_BINOMIAL);
    }
    return { filter, filterSize: filterSize ?? 3, attenuation: null };
  }
  if (filterSize !== undefined) {
    refuse(op, 'filterSize', 'be left out if filter has taps', filterSize);
  }
  const { taps } = filter;
  const plain = isPerAxis(taps) ? taps.map((list) => [...list]) : [...taps];
  return { filter: { taps: plain }, filterSize: null, attenuation: null };
}

/** A setting as options, without those that do not apply. */
export function filterOptions(setting: BlurFilterSetting): BlurFilterOptions {
  const { filter, filterSize, attenuation } = setting;
  return {
    filter,
    ...(filterSize === null ? {} : { filterSize }),
    ...(attenuation === null ? {} : { attenuation }),
  };
}

/** The checks of {@link BlurFilterOptions} for a number of axes. */
export function filterChecks(axes: number): Checks<BlurFilterOptions> {
  return {
    filter: requireFilter(axes),
    filterSize: (op, name, value) =>
      Array.isArray(value)
        ? requireNumbers(op, name, value, axes, integerIn(1, MOST_TAPS))
        : requireInteger(op, name, value, 1, MOST_TAPS),
    attenuation: numberIn(21, 120),
  };
}

function requireFilter(axes: number): Check {
  return (op, name, value) => {
    if (value === 'binomial' || value === 'kaiser') return;
    const isOwn = typeof value === 'object' && value !== null && !Array.isArray(value);
    const others = isOwn ? Object.keys(value).filter((key) => key !== 'taps') : [];
    if (!isOwn || others.length > 0) {
      refuse(op, name, "be 'binomial', 'kaiser' or { taps }", value);
    }
    const { taps } = value as { taps: unknown };
    requireList(op, `${name}.taps`, taps);
    const lists = isPerAxis(taps as number[][]) ? (taps as number[][]) : [taps as number[]];
    if (lists[0] !== taps) requireList(op, `${name}.taps`, taps, axes);
    for (const list of lists) requireTaps(op, `${name}.taps`, list);
  };
}

function requireTaps(op: string, name: string, taps: number[]): void {
  requireNumbers(op, name, taps, undefined, requireNumber);
  requireInteger(op, `${name} (their number)`, taps.length, 1, MOST_TAPS);
  const [sum, size] = [sumOf(taps), taps.reduce((total, tap) => total + Math.abs(tap), 0)];
  if (!(Math.abs(sum) > 1e-6 * size)) refuse(op, name, 'have a sum other than 0', taps);
}

/** Whether taps are one list for each axis. A list may be a typed array. */
function isPerAxis(taps: number[] | number[][]): taps is number[][] {
  return Array.isArray(taps[0]) || ArrayBuffer.isView(taps[0]);
}

/** Row n − 1 of Pascal's triangle, divided by its sum. */
export function binomial(filterSize: number): number[] {
  let row = [1];
  for (let size = 1; size < filterSize; size++) {
    row = [...row, 0].map((value, i) => value + (row[i - 1] ?? 0));
  }
  return row.map((value) => value / 2 ** (filterSize - 1));
}

/** A sinc with its cut-off at 1/(2·stride), times a Kaiser window. */
function kaiser(filterSize: number, stride: number, attenuation: number): number[] {
  const half = (filterSize - 1) / 2;
  const offsets = Array.from({ length: filterSize }, (_, i) => i - half);
  return kaiserAt(offsets, half, stride, attenuation);
}

/** The filter at offsets from its centre, in pixels. `half` is half the length of its window. */
function kaiserAt(offsets: number[], half: number, stride: number, attenuation: number): number[] {
  const beta = kaiserBeta(attenuation);
  const taps = offsets.map((u) => {
    const window = half === 0 ? 1 : besselI0(beta * Math.sqrt(Math.max(0, 1 - (u / half) ** 2)));
    return sinc(u / stride) * window;
  });
  return normalized(taps);
}

/** A tap at a pixel, which may be beyond the border. */
interface PlacedTap {
  pixel: number;
  weight: number;
}

/**
 * The taps of a Kaiser filter around a position between pixels, for a stride that need not be an
 * integer. Their sum is 1. At integers they are those of `blurFilter`.
 */
export function kaiserAround(position: number, stride: number, attenuation: number): PlacedTap[] {
  const half = kaiserHalf(stride, attenuation);
  const first = Math.ceil(position - half);
  const pixels = Array.from(
    { length: Math.floor(position + half) - first + 1 },
    (_, i) => first + i,
  );
  const offsets = pixels.map((pixel) => pixel - position);
  const weights = kaiserAt(offsets, half, stride, attenuation);
  return pixels.map((pixel, i) => ({ pixel, weight: weights[i]! }));
}

/** Half the length of the window for an attenuation, with a transition as wide as the cut-off. */
export function kaiserHalf(stride: number, attenuation: number): number {
  return stride === 1 ? 0 : Math.ceil(((attenuation - 7.95) / 14.36) * stride);
}

/** The odd number of taps for an attenuation. */
function kaiserLength(op: string, name: string, stride: number, attenuation: number): number {
  const length = 1 + 2 * kaiserHalf(stride, attenuation);
  if (length > MOST_TAPS) {
    const largest = Math.floor(((MOST_TAPS - 1) / 2) * (14.36 / (attenuation - 7.95)));
    throw new ConfigError(
      `${op}: ${name} must be at most ${largest} for filter 'kaiser' with attenuation ` +
        `${attenuation}, or filterSize must be given, got stride ${stride}`,
    );
  }
  return length;
}

function kaiserBeta(attenuation: number): number {
  const above = attenuation - 21;
  if (attenuation > 50) return 0.1102 * (attenuation - 8.7);
  return 0.5842 * above ** 0.4 + 0.07886 * above;
}

/** The modified Bessel function of the first kind and order 0, by its power series. */
function besselI0(x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; term > sum * Number.EPSILON; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** sin(πx)/(πx), exactly 0 at integers other than 0. */
function sinc(x: number): number {
  if (Number.isInteger(x)) return x === 0 ? 1 : 0;
  return Math.sin(Math.PI * x) / (Math.PI * x);
}

function normalized(taps: number[]): number[] {
  const sum = sumOf(taps);
  return taps.map((tap) => tap / sum);
}

function sumOf(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
