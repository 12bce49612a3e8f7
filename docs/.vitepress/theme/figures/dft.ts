import { RealFft } from '@ds/fft/plan';
import { COLORS, figure } from '../figure.js';

export default figure({
  label: 'A sum of two waves, and the bins of its half-spectrum',
  controls: {
    n: { label: 'length n', min: 8, max: 64, step: 1, value: 32 },
    k: { label: 'periods of the first wave', min: 0, max: 16, step: 0.5, value: 3 },
    l: { label: 'periods of the second', min: 0, max: 16, step: 0.5, value: 7 },
  },
  draw({ n, k, l }, Plot) {
    const x = Float64Array.from(
      { length: n },
      (_, t) => Math.cos((2 * Math.PI * k * t) / n) + 0.5 * Math.sin((2 * Math.PI * l * t) / n),
    );
    const { real, imag } = new RealFft(n).forward(x);
    const bins = Array.from(real, (re, bin) => ({ bin, size: Math.hypot(re, imag[bin]!) / n }));
    const partners = bins
      .filter(({ bin }) => bin > 0 && 2 * bin !== n)
      .map(({ bin, size }) => ({ bin: n - bin, size }));
    const isWhole = Number.isInteger(k) && Number.isInteger(l);
    return {
      says:
        `${bins.length} bins determine ${n} real values. The ${partners.length} grey bins are ` +
        `conjugates, and rfft omits them.${
          isWhole ? '' : ' A wave without a whole number of periods spreads over many bins.'
        }`,
      plots: [
        {
          height: 150,
          x: { label: 't' },
          y: { label: 'x' },
          marks: [
            Plot.line(
              Array.from(x, (y, t) => ({ t, y })),
              { x: 't', y: 'y', stroke: COLORS.first, marker: 'dot' },
            ),
          ],
        },
        {
          height: 180,
          x: { label: 'bin', domain: [-0.5, n - 0.5] },
          y: { label: '|X| / n' },
          marks: [
            Plot.ruleX(partners, {
              x: 'bin',
              y: 'size',
              stroke: COLORS.quiet,
              strokeOpacity: 0.5,
              strokeWidth: 4,
            }),
            Plot.ruleX(bins, { x: 'bin', y: 'size', stroke: COLORS.second, strokeWidth: 4 }),
            Plot.ruleY([0]),
          ],
        },
      ],
    };
  },
});
