/**
 * The colour of each pooling. Conv, spectral and DiffStride differ in hue, and not only in
 * lightness, for most colour-blind readers. Each colour has a contrast of 3:1 to the light and to
 * the dark paper.
 */
const POOLINGS: Record<string, string> = {
  conv: '#cc572a',
  spectral: '#8264c8',
  diffstride: '#109b8f',
  'max-blur': '#b9883c',
  blur: '#077bab',
  average: '#628835',
  max: '#897307',
  'fractional-max': '#c64080',
  'avg-blur': '#2695ac',
  'fractional-avg': '#d96a7e',
  subsample: '#846c5a',
  flc: '#4c66d3',
  asap: '#398ad6',
  aps: '#5aa04a',
  lps: '#b54a46',
  tips: '#c960aa',
  dct: '#ad69b1',
  'dct-diffstride': '#a3681c',
};

/** Colours of series that are not poolings, such as the two axes of an image. */
export const SERIES: readonly string[] = [
  '#109b8f',
  '#077bab',
  '#cc572a',
  '#8264c8',
  '#b9883c',
  '#c64080',
  '#628835',
  '#846c5a',
];

/** A line or a point of less importance. */
export const QUIET = '#8d8d8d';

/** The poolings that have a colour of their own. */
export const COLORED_POOLINGS: readonly string[] = Object.keys(POOLINGS);

/**
 * The colour of a pooling by its name. A label such as `conv, circular` has the colour of the
 * pooling that it begins with or contains. A pooling of your own gets a colour from its name too,
 * so it has the same one in every figure. Two of them may share it.
 */
export function poolingColor(name: string): string {
  const known = COLORED_POOLINGS.find((one) => name.split(/[ ,]+/).includes(one));
  if (known) return POOLINGS[known]!;
  const others = Object.values(POOLINGS).slice(3);
  let hash = 0;
  for (const char of name) hash = (31 * hash + char.codePointAt(0)!) % 65_521;
  return others[hash % others.length]!;
}

/**
 * The colours of the series of one figure. Each has that of its pooling. A further series of the
 * same colour, such as another border, is paler.
 */
export function poolingColors(names: readonly string[]): string[] {
  const colors = names.map(poolingColor);
  const paler = ['', '90', '55'];
  return colors.map((color, i) => {
    const before = colors.slice(0, i).filter((other) => other === color).length;
    return `${color}${paler[Math.min(before, paler.length - 1)]}`;
  });
}

/** The colours of the series of one figure that has no poolings. */
export function seriesColors(count: number): string[] {
  return Array.from({ length: count }, (_, i) => SERIES[i % SERIES.length]!);
}
