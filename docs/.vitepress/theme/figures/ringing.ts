import { diffStride, spectralPool } from '@ds/layers/ops';
import { tensor1d } from '@tensorflow/tfjs-core';
import { COLORS, figure } from '../figure.js';
import { signalOf } from '../signal.js';

const SIZE = 128;

export default figure({
  label: 'A box after a hard crop of its spectrum, and after a ramp',
  controls: {
    S: { label: 'stride S', min: 1, max: 8, step: 0.1, value: 4 },
    R: { label: 'smoothness R', min: 1, max: 24, step: 1, value: 12 },
  },
  draw({ S, R }, Plot) {
    const x = Float32Array.from({ length: SIZE }, (_, i) => (i >= 36 && i < 84 ? 1 : 0));
    const hard = signalOf(x, (image) => spectralPool(image, [1, S], { norm: 'forward' }));
    const soft = signalOf(x, (image) =>
      diffStride(image, tensor1d([1, S]), { smoothness: R, norm: 'forward' }),
    );
    const over = (values: Float32Array) => Math.round(100 * (Math.max(...values) - 1));
    const line = (values: ArrayLike<number>, stroke: string) =>
      Plot.line(
        Array.from(values, (y, i) => ({ t: (i * SIZE) / values.length, y })),
        { x: 't', y: 'y', stroke, marker: 'dot' },
      );
    return {
      says:
        `Spectral pooling keeps ${hard.length} values and overshoots by ${over(hard)} %. ` +
        `A ramp of ${R} bins keeps ${soft.length} and overshoots by ${over(soft)} %.`,
      plots: [
        {
          height: 240,
          x: { label: 'pixel' },
          y: { label: 'value', domain: [-0.25, 1.25] },
          color: {
            legend: true,
            domain: ['hard crop', 'ramp'],
            range: [COLORS.first, COLORS.second],
          },
          marks: [
            Plot.line(
              Array.from(x, (y, t) => ({ t, y })),
              { x: 't', y: 'y', stroke: COLORS.quiet, strokeOpacity: 0.5, curve: 'step' },
            ),
            line(hard, COLORS.first),
            line(soft, COLORS.second),
          ],
        },
      ],
    };
  },
});
