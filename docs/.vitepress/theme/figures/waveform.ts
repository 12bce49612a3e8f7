import { blurPool, diffStride1d } from '@ds/layers/ops';
import { poolingColor } from '@ds/palette';
import { type Tensor3D, tensor3d, tidy } from '@tensorflow/tfjs-core';
import { COLORS, figure } from '../figure.js';
import { signalOf } from '../signal.js';

const SIZE = 96;

/** The signals, and the colours of their poolings. */
const SHOWN = {
  strided: poolingColor('conv'),
  blurPool: poolingColor('blur'),
  diffStride1d: poolingColor('diffstride'),
};

export default figure({
  label: 'A tone in a waveform, and what three ways to shorten it keep',
  controls: {
    f: { label: 'periods over the 96 samples', min: 1, max: 47, step: 1, value: 30 },
    S: { label: 'stride S', min: 1, max: 4, step: 0.1, value: 2.4 },
    R: { label: 'smoothness R', min: 0, max: 8, step: 0.5, value: 2 },
  },
  draw({ f, S, R }, Plot) {
    // A slow wave and a tone.
    const x = Float32Array.from(
      { length: SIZE },
      (_, i) =>
        0.6 * Math.cos((4 * Math.PI * i) / SIZE) + 0.4 * Math.cos((2 * Math.PI * f * i) / SIZE),
    );
    const whole = Math.max(1, Math.round(S));
    const learned = tidy(() =>
      diffStride1d(tensor3d(x, [1, SIZE, 1]) as Tensor3D, S, {
        smoothness: R,
        norm: 'forward',
      }).dataSync<'float32'>(),
    );
    const rows = [
      ...points(
        'strided',
        x.filter((_, i) => i % whole === 0),
      ),
      ...points(
        'blurPool',
        signalOf(x, (image) => blurPool(image, [1, whole], { padding: 'replicate' })),
      ),
      ...points('diffStride1d', learned),
    ];
    const reach = Math.max(SIZE / S, 2) / 2 + 1;
    const kept = Math.min(Math.max((R + reach - f) / (R || 1e-6), 0), 1);
    return {
      says:
        `A stride of ${S} leaves ${learned.length} samples of ${SIZE}. ` +
        `The mask keeps ${Math.round(100 * kept)} % of the tone at ${f} periods. ` +
        `The other two take the whole stride ${whole}` +
        `${f > SIZE / (2 * whole) ? ', and fold the tone to a lower one.' : '.'}`,
      plots: Object.entries(SHOWN).map(([name, color], i) => ({
        height: 110,
        x: { label: i === 2 ? 'sample' : null },
        y: { label: name, domain: [-1.2, 1.2], ticks: 3 },
        marks: [
          Plot.line(
            Array.from(x, (y, t) => ({ t, y })),
            {
              x: 't',
              y: 'y',
              stroke: COLORS.quiet,
              strokeOpacity: 0.4,
            },
          ),
          Plot.line(rows, { filter: (d) => d.name === name, x: 't', y: 'y', stroke: color }),
          Plot.dot(rows, {
            filter: (d) => d.name === name,
            x: 't',
            y: 'y',
            fill: color,
            r: 2.5,
          }),
        ],
      })),
    };
  },
});

function points(name: string, values: ArrayLike<number>) {
  return Array.from(values, (y, i) => ({ name, t: (i * SIZE) / values.length, y }));
}
