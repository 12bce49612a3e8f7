import { strideComplexity } from '@ds/regularizer';
import { tidy } from '@tensorflow/tfjs-core';
import { COLORS, figure } from '../figure.js';

export default figure({
  label: 'The remaining work of each stage after three strides',
  controls: {
    a: { label: 'stride of the first pooling', min: 1, max: 4, step: 0.1, value: 2 },
    b: { label: 'of the second', min: 1, max: 4, step: 0.1, value: 2 },
    c: { label: 'of the third', min: 1, max: 4, step: 0.1, value: 2 },
  },
  draw({ a, b, c }, Plot) {
    const strides = [a, b, c].map((s): [number, number] => [s, s]);
    const J = (of: [number, number][]) => tidy(() => strideComplexity(of).dataSync()[0]!);
    const terms = strides.map((_, i) => ({
      pooling: `after pooling ${i + 1}`,
      share: J(strides.slice(0, i + 1)) - (i === 0 ? 0 : J(strides.slice(0, i))),
    }));
    const whole = J(strides);
    const nudged = strides.map((_, i) => {
      const other = strides.map((s, k): [number, number] =>
        k === i ? [s[0] + 0.01, s[1] + 0.01] : s,
      );
      return (J(other) - whole) / 0.01;
    });
    return {
      says:
        `J = ${whole.toFixed(3)}. Its derivatives with respect to the three strides are ` +
        `${nudged.map((slope) => slope.toFixed(2)).join(', ')}.`,
      plots: [
        {
          height: 160,
          marginLeft: 110,
          x: { label: 'share of positions left', domain: [0, 1] },
          y: { label: null },
          marks: [
            Plot.barX(terms, { x: 'share', y: 'pooling', fill: COLORS.first }),
            Plot.ruleX([0]),
          ],
        },
      ],
    };
  },
});
