import { diffStride } from '@ds/layers/ops';
import {
  grad,
  mean,
  scalar,
  squaredDifference,
  stack,
  type Tensor,
  type Tensor1D,
  tensor4d,
  tidy,
} from '@tensorflow/tfjs-core';
import { COLORS, figure } from '../figure.js';

const SIZE = 64;
const STRIDES = Array.from({ length: 71 }, (_, i) => 1 + i / 10);

export default figure({
  label: 'A loss over the stride, with its gradient from the masks',
  controls: {
    S: { label: 'stride S', min: 1, max: 8, step: 0.1, value: 4 },
    R: { label: 'smoothness R', min: 1, max: 16, step: 1, value: 4 },
    f: { label: 'fine pattern: periods', min: 4, max: 30, step: 1, value: 12 },
  },
  draw({ S, R, f }, Plot) {
    const x = Float32Array.from(
      { length: SIZE },
      (_, i) =>
        Math.cos((2 * Math.PI * 2 * i) / SIZE) + 0.6 * Math.cos((2 * Math.PI * f * i) / SIZE),
    );
    // The energy that the masks remove, before the crop.
    const loss = (stride: Tensor) => {
      const image = tensor4d(x, [1, 1, SIZE, 1]);
      const strides = stack([scalar(1), stride]) as Tensor1D;
      return mean(
        squaredDifference(diffStride(image, strides, { smoothness: R, cropping: false }), image),
      );
    };
    const at = (stride: number) => tidy(() => loss(scalar(stride)).dataSync()[0]!);
    const slope = tidy(() => grad(loss)(scalar(S)).dataSync()[0]!);
    const curve = STRIDES.map((stride) => ({ stride, loss: at(stride) }));
    const here = at(S);
    const tangent = [-0.8, 0.8].map((step) => ({ stride: S + step, loss: here + slope * step }));
    const isFelt = Math.abs(slope) > 1e-6;
    return {
      says: isFelt
        ? `At S = ${S.toFixed(1)} the gradient is ${slope.toFixed(3)}. The pattern of ${f} periods ` +
          'lies on the ramp, and a smaller stride would keep more of it.'
        : `At S = ${S.toFixed(1)} the gradient is 0. No frequency of the signal is on the ramp. ` +
          'A wider ramp reaches further.',
      plots: [
        {
          height: 240,
          x: { label: 'stride S', domain: [1, 8] },
          y: { label: 'loss: mean square of the removed part', domain: [0, 0.3] },
          marks: [
            Plot.line(curve, { x: 'stride', y: 'loss', stroke: COLORS.first, clip: true }),
            Plot.line(tangent, {
              x: 'stride',
              y: 'loss',
              stroke: COLORS.second,
              strokeWidth: 3,
              clip: true,
            }),
            Plot.dot([{ stride: S, loss: here }], {
              x: 'stride',
              y: 'loss',
              fill: COLORS.second,
              r: 5,
            }),
          ],
        },
      ],
    };
  },
});
