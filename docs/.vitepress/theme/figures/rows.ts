import { verticalMask } from '@ds/masks';
import { scalar, tidy } from '@tensorflow/tfjs-core';
import { COLORS, figure } from '../figure.js';

export default figure({
  label: 'The mask over rows of the spectrum, as published and symmetric',
  controls: {
    H: { label: 'height H', min: 8, max: 48, step: 1, value: 32 },
    S: { label: 'stride S', min: 1, max: 8, step: 0.1, value: 2 },
    R: { label: 'smoothness R', min: 1, max: 8, step: 1, value: 4 },
  },
  draw({ H, S, R }, Plot) {
    const rows = (['published', 'symmetric'] as const).flatMap((alignment) => {
      const mask = tidy(() => verticalMask(H, scalar(S), R, { alignment }).dataSync());
      return Array.from(mask, (m, row) => ({
        alignment,
        frequency: 2 * row < H ? row : row - H,
        m,
      }));
    });
    const kept = (name: string) =>
      rows.filter(({ alignment, m }) => alignment === name && m > 0).length;
    return {
      says:
        `Of ${H} rows, the published mask keeps ${kept('published')} ` +
        `and the symmetric mask keeps ${kept('symmetric')}.`,
      plots: [
        {
          height: 220,
          x: { label: 'frequency of the row' },
          y: { label: 'mask', domain: [0, 1.05] },
          color: {
            legend: true,
            domain: ['published', 'symmetric'],
            range: [COLORS.first, COLORS.second],
          },
          marks: [
            Plot.line(rows, {
              x: 'frequency',
              y: 'm',
              stroke: 'alignment',
              sort: 'frequency',
              marker: 'dot',
            }),
            Plot.ruleY([0]),
          ],
        },
      ],
    };
  },
});
