import { keptIndices, verticalMask } from '@ds/masks';
import { scalar, tidy } from '@tensorflow/tfjs-core';
import { COLORS, figure } from '../figure.js';

const STRIDES = Array.from({ length: 61 }, (_, i) => 1 + i / 10);

export default figure({
  label: 'Output height over stride, with and without a ramp',
  controls: {
    H: { label: 'height H of the map', min: 4, max: 64, step: 4, value: 16 },
    R: { label: 'smoothness R', min: 0, max: 8, step: 1, value: 4 },
  },
  draw({ H, R }, Plot) {
    const rowsAt = (S: number) =>
      tidy(() => {
        const used = H > R ? Math.max(S, H / (H - R)) : S;
        return keptIndices(verticalMask(H, scalar(used), R)).length;
      });
    const curve = STRIDES.map((S) => ({ S, rows: rowsAt(S) }));
    const ideal = STRIDES.map((S) => ({ S, rows: H / S }));
    const two = rowsAt(2);
    return {
      says: `At a stride of 2, ${two} of ${H} rows remain. ${
        two === H ? 'The ramp is as long as the spectrum, so the map does not shrink.' : ''
      }`,
      plots: [
        {
          height: 220,
          x: { label: 'stride S' },
          y: { label: 'output height', domain: [0, H] },
          color: {
            legend: true,
            domain: ['kept with the ramp', 'H / S'],
            range: [COLORS.first, COLORS.quiet],
          },
          marks: [
            Plot.line(ideal, { x: 'S', y: 'rows', stroke: COLORS.quiet, strokeDasharray: '4' }),
            Plot.line(curve, { x: 'S', y: 'rows', stroke: COLORS.first, curve: 'step-after' }),
          ],
        },
      ],
    };
  },
});
