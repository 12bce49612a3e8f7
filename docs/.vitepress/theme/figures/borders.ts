import { dctDiffStride, diffStride } from '@ds/layers/ops';
import { poolingColor } from '@ds/palette';
import { COLORS, figure } from '../figure.js';
import { signalOf } from '../signal.js';

const SIZE = 96;
/** The share of the signal at each end that counts as its border. */
const BORDER = 0.1;

export default figure({
  label: 'A linear signal, pooled in the Fourier domain and in the cosine domain',
  controls: {
    S: { label: 'stride S', min: 1, max: 8, step: 0.1, value: 4 },
    R: { label: 'smoothness R of Fourier bins', min: 1, max: 16, step: 1, value: 4 },
  },
  draw({ S, R }, Plot) {
    const x = Float32Array.from({ length: SIZE }, (_, t) => t / (SIZE - 1));
    const fourier = samplesOf(
      signalOf(x, (image) => diffStride(image, [1, S], { smoothness: R, norm: 'forward' })),
      (i, step) => i * step,
    );
    // Two coefficients of the cosine transform are as wide as one bin.
    const cosine = samplesOf(
      signalOf(x, (image) => dctDiffStride(image, [1, S], { smoothness: 2 * R, norm: 'forward' })),
      (i, step) => (i + 0.5) * step - 0.5,
    );
    const shown = [
      ...fourier.map((sample) => ({ ...sample, domain: 'Fourier' })),
      ...cosine.map((sample) => ({ ...sample, domain: 'cosine' })),
    ];
    const color = {
      legend: true,
      domain: ['Fourier', 'cosine'],
      range: ['diffstride', 'dct-diffstride'].map(poolingColor),
    };
    return {
      says:
        `Near the borders, the ${fourier.length} values of the Fourier domain are wrong by up to ` +
        `${percent(borderError(fourier))} of the signal's range, and the ${cosine.length} values ` +
        `of the cosine domain by up to ${percent(borderError(cosine))}.`,
      plots: [
        {
          height: 220,
          x: { label: 'pixel' },
          y: { label: 'value', domain: [-0.1, 1.1] },
          color,
          marks: [
            Plot.line(
              Array.from(x, (y, t) => ({ t, y })),
              { x: 't', y: 'y', stroke: COLORS.quiet, strokeOpacity: 0.5 },
            ),
            Plot.line(shown, { x: 't', y: 'y', stroke: 'domain', marker: 'dot' }),
          ],
        },
        {
          height: 140,
          x: { label: 'pixel' },
          y: { label: 'error' },
          color: { ...color, legend: false },
          marks: [
            Plot.ruleY([0], { stroke: COLORS.quiet }),
            Plot.line(shown, { x: 't', y: 'error', stroke: 'domain', marker: 'dot' }),
          ],
        },
      ],
    };
  },
});

/** A pooled value, its place in the signal, and its difference from the signal there. */
interface Sample {
  t: number;
  y: number;
  error: number;
}

/** Places each output, given the input pixels per output. */
function samplesOf(
  values: Float32Array,
  placeOf: (index: number, step: number) => number,
): Sample[] {
  return Array.from(values, (y, i) => {
    const t = placeOf(i, SIZE / values.length);
    return { t, y, error: y - t / (SIZE - 1) };
  });
}

/** The largest absolute error near both ends. */
function borderError(samples: Sample[]): number {
  const near = ({ t }: Sample) => Math.min(t, SIZE - 1 - t) <= BORDER * SIZE;
  return Math.max(...samples.filter(near).map(({ error }) => Math.abs(error)));
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
