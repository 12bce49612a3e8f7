import { keptRange, type MaskForm, sizeMask } from '@ds/masks';
import { scalar, tidy } from '@tensorflow/tfjs-core';
import { COLORS, figure } from '../figure.js';

const TAPS = 11;
const CHANNELS = 32;

export default figure({
  label: 'Masks over the taps of a kernel and the channels of a layer, and what they keep',
  controls: {
    kernel: { label: 'kernel size, in taps', min: 1, max: 11, step: 0.1, value: 5.4 },
    width: { label: 'width, in channels', min: 1, max: 32, step: 0.25, value: 18 },
    tau: { label: 'temperature τ, in channels', min: 0.25, max: 6, step: 0.25, value: 2 },
  },
  draw({ kernel, width, tau }, Plot) {
    const pointsOf = (length: number, size: number, form: MaskForm) => {
      const values = tidy(() =>
        sizeMask(length, scalar(size), { form, temperature: tau }).dataSync(),
      );
      const [start, end] = keptRange(length, size, form);
      return Array.from(values, (mask, at) => ({
        x: form === 'gaussian' ? at - (length - 1) / 2 : at + 1,
        mask,
        isKept: at >= start && at < end,
      }));
    };
    const taps = pointsOf(TAPS, kernel, 'gaussian');
    const channels = pointsOf(CHANNELS, width, 'sigmoid');
    const count = (points: { isKept: boolean }[]) => points.filter(({ isKept }) => isKept).length;
    const [k, n] = [count(taps), count(channels)];
    const share = (k * k * n) / (TAPS * TAPS * CHANNELS);
    const plot = (points: typeof taps, label: string) => ({
      height: 190,
      x: { label },
      y: { label: 'mask', domain: [0, 1.05] },
      marks: [
        Plot.ruleX(points, {
          x: 'x',
          y: 'mask',
          stroke: COLORS.first,
          strokeWidth: 3,
          strokeOpacity: 0.5,
        }),
        Plot.dot(points, {
          x: 'x',
          y: 'mask',
          fill: ({ isKept }: { isKept: boolean }) => (isKept ? COLORS.first : COLORS.quiet),
          r: 3.5,
        }),
        Plot.ruleY([0.1], { stroke: COLORS.quiet, strokeDasharray: '4' }),
        Plot.ruleY([0]),
      ],
    });
    return {
      says:
        `The layer computes with ${k}×${k} of ${TAPS}×${TAPS} taps and ${n} of ${CHANNELS} ` +
        `channels: ${(100 * share).toFixed(1)} % of the multiply-adds.`,
      plots: [plot(taps, 'row of the kernel, from its centre'), plot(channels, 'channel')],
    };
  },
});
