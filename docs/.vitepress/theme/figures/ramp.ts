import { adaptiveSpanMask } from '@ds/masks';
import { scalar, tidy } from '@tensorflow/tfjs-core';
import { COLORS, figure } from '../figure.js';

export default figure({
  label: 'The ramp mask over distance',
  controls: {
    z: { label: 'threshold z', min: 0, max: 32, step: 0.5, value: 10 },
    R: { label: 'smoothness R', min: 1, max: 16, step: 1, value: 6 },
  },
  draw({ z, R }, Plot) {
    const mask = tidy(() => adaptiveSpanMask(scalar(z), 40, R).dataSync()) as Float32Array;
    const points = Array.from(mask, (m, x) => ({ x, m }));
    const seen = points.filter(({ m }) => m > 0).length;
    const felt = points.filter(({ m }) => m > 0 && m < 1).length;
    return {
      says:
        `${seen} of 40 positions have a mask above 0, and only these are computed. ` +
        `${felt} of them lie on the ramp, and only these contribute to the gradient of z.`,
      plots: [
        {
          height: 200,
          x: { label: 'distance x' },
          y: { label: 'm_z(x)', domain: [0, 1.05] },
          marks: [
            Plot.ruleX([z], { stroke: COLORS.quiet, strokeDasharray: '4' }),
            Plot.ruleX(points, {
              x: 'x',
              y: 'm',
              stroke: COLORS.first,
              strokeWidth: 3,
              strokeOpacity: 0.5,
            }),
            Plot.dot(points, {
              x: 'x',
              y: 'm',
              fill: (d) => (d.m > 0 && d.m < 1 ? COLORS.second : COLORS.first),
              r: 3.5,
            }),
            Plot.ruleY([0]),
          ],
        },
      ],
    };
  },
});
