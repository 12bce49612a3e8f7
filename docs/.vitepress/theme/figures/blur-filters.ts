import { blurFilter } from '@ds/layers/ops';
import { COLORS, figure } from '../figure.js';

const STEPS = 200;

/** The names of the filters, beside dots of their colours. */
const NAMES = [
  { f: 0.02, dB: -70, name: 'binomial', fill: COLORS.first },
  { f: 0.02, dB: -80, name: 'Kaiser', fill: COLORS.second },
];

export default figure({
  label: 'How much of each frequency a binomial filter and a Kaiser filter keep',
  controls: {
    S: { label: 'stride S', min: 2, max: 6, step: 1, value: 3 },
    taps: { label: 'taps of the binomial filter', min: 1, max: 7, step: 1, value: 3 },
    A: { label: 'attenuation of the Kaiser filter, dB', min: 21, max: 80, step: 1, value: 40 },
  },
  draw({ S, taps, A }, Plot) {
    const binomial = blurFilter(S, { filterSize: taps });
    const kaiser = blurFilter(S, { filter: 'kaiser', attenuation: A });
    const limit = 1 / (2 * S);
    const most = loudest(binomial, 1.5 * limit).toFixed();
    return {
      says:
        `At stride ${S} the output represents frequencies up to ${limit.toFixed(3)} cycles per ` +
        `pixel. Beyond 1.5 times that limit, ${kaiser.length} taps of the Kaiser filter keep at ` +
        `most ${loudest(kaiser, 1.5 * limit).toFixed()} dB, and ${taps} of the binomial ${most} dB.`,
      plots: [
        {
          height: 220,
          x: { label: 'cycles per pixel', domain: [0, 0.5] },
          y: { label: 'dB', domain: [-90, 5] },
          marks: [
            Plot.ruleX([limit], { stroke: COLORS.quiet, strokeDasharray: '4 4' }),
            Plot.line(decibels(binomial), { x: 'f', y: 'dB', stroke: COLORS.first, clip: true }),
            Plot.line(decibels(kaiser), { x: 'f', y: 'dB', stroke: COLORS.second, clip: true }),
            Plot.dot(NAMES, { x: 'f', y: 'dB', fill: 'fill', r: 4 }),
            Plot.text(NAMES, { x: 'f', y: 'dB', text: 'name', textAnchor: 'start', dx: 9 }),
          ],
        },
      ],
    };
  },
});

/** 20 log₁₀ |Σ_t h_t e^{−2πi f t}| at frequencies up to half a cycle per pixel. */
function decibels(filter: number[]) {
  return Array.from({ length: STEPS + 1 }, (_, i) => {
    const f = i / (2 * STEPS);
    const sum = (wave: (angle: number) => number) =>
      filter.reduce((total, tap, t) => total + tap * wave(2 * Math.PI * f * t), 0);
    return { f, dB: 20 * Math.log10(Math.hypot(sum(Math.cos), sum(Math.sin)) + 1e-6) };
  });
}

/** The largest response from a frequency on, in dB. */
function loudest(filter: number[], from: number): number {
  return Math.max(...decibels(filter).flatMap(({ f, dB }) => (f >= from ? [dB] : [])));
}
