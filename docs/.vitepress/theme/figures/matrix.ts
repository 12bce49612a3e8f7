import { diffStride } from '@ds/layers/ops';
import { eye, reshape, type Tensor4D, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { COLORS, figure } from '../figure.js';

export default figure({
  label: 'The matrix that pools the columns of an image',
  controls: {
    H: { label: 'height H', min: 8, max: 40, step: 1, value: 32 },
    S: { label: 'stride S', min: 1, max: 6, step: 0.1, value: 2 },
    R: { label: 'smoothness R', min: 1, max: 8, step: 1, value: 4 },
  },
  draw({ H, S, R }, Plot) {
    // Each column of the matrix is the response to an impulse.
    const [values, height] = tidy(() => {
      const impulses = reshape(eye(H), [H, H, 1, 1]) as Tensor4D;
      const y = diffStride(impulses, tensor1d([S, 1]), { smoothness: R, norm: 'forward' });
      return [y.dataSync<'float32'>(), y.shape[1]];
    }) as [Float32Array, number];
    const cells = Array.from(values, (value, i) => ({
      row: i % height,
      column: Math.floor(i / height),
      value,
    }));
    return {
      says:
        `Re P_h is ${height}×${H}. Each row is a filter around its place in the input. ` +
        'One dense product applies it to all planes of all images.',
      plots: [
        {
          height: Math.max(120, 14 * height),
          marginLeft: 40,
          x: { label: 'input row', ticks: [], domain: Array.from({ length: H }, (_, i) => i) },
          y: {
            label: 'output row',
            ticks: [],
            domain: Array.from({ length: height }, (_, i) => i),
          },
          color: { type: 'diverging', scheme: 'PuOr', legend: true, label: 'weight' },
          marks: [
            Plot.cell(cells, { x: 'column', y: 'row', fill: 'value', inset: 0.2 }),
            Plot.frame({ stroke: COLORS.quiet }),
          ],
        },
      ],
    };
  },
});
