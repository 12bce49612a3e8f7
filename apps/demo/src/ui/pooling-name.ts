const NAMES: Record<string, string> = {
  aps: 'APS',
  asap: 'ASAP',
  average: 'Average pooling',
  'avg-blur': 'Average, then blur',
  blur: 'BlurPool',
  conv: 'Strided convolution',
  dct: 'Cosine pooling',
  'dct-diffstride': 'DCT-DiffStride',
  diffstride: 'DiffStride',
  flc: 'Frequency low cut',
  'fractional-avg': 'Fractional average',
  'fractional-max': 'Fractional max',
  lps: 'LPS',
  max: 'Max pooling',
  'max-blur': 'Max, then blur',
  spectral: 'Spectral pooling',
  subsample: 'Subsampling',
  tips: 'TIPS',
};

/** A pooling's name in words, as the panels of networks show it. */
export function poolingName(pooling: string): string {
  return NAMES[pooling] ?? pooling;
}
