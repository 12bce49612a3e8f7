import { diffStride1d } from '@ds/layers/ops';
import { eye, reshape, type Tensor3D, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { COLORS, figure } from '../figure.js';

export default figure({
  label: 'What each token after a pooling sees, and what attention saves',
  controls: {
    L: { label: 'tokens L', min: 8, max: 48, step: 1, value: 24 },
    S: { label: 'stride S', min: 1, max: 6, step: 0.1, value: 2 },
    R: { label: 'smoothness R', min: 1, max: 8, step: 1, value: 2 },
  },
  draw({ L, S, R }, Plot) {
    // The response to a token of 1 among zeros, for each place.
    const [values, count] = tidy(() => {
      const impulses = reshape(eye(L), [L, L, 1]) as Tensor3D;
      const y = diffStride1d(impulses, tensor1d([S]), { smoothness: R, norm: 'forward' });
      return [y.dataSync<'float32'>(), y.shape[1]];
    }) as [Float32Array, number];
    const cells = Array.from(values, (value, i) => ({
      before: Math.floor(i / count),
      after: i % count,
      value,
    }));
    const places = (size: number) => Array.from({ length: size }, (_, i) => i);
    return {
      says:
        `${L} tokens become ${count}. Attention then has ${count ** 2} pairs instead of ${L ** 2}, ` +
        `${((100 * count ** 2) / L ** 2).toFixed(0)} % of them.`,
      plots: [
        {
          height: Math.max(120, 12 * count),
          marginLeft: 40,
          x: { label: 'token before', ticks: [], domain: places(L) },
          y: { label: 'token after', ticks: [], domain: places(count) },
          color: { type: 'diverging', scheme: 'PuOr', legend: true, label: 'weight' },
          marks: [
            Plot.cell(cells, { x: 'before', y: 'after', fill: 'value', inset: 0.2 }),
            Plot.frame({ stroke: COLORS.quiet }),
          ],
        },
      ],
    };
  },
});
