import { blurUpsample, interpolatedUpsample, spectralUpsample } from '@ds/layers/ops';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { COLORS, figure } from '../figure.js';
import { signalOf } from '../signal.js';

const SIZE = 16;

/** Each upsampling by a stride along the width. */
const UPSAMPLINGS: Record<string, (image: Tensor4D, stride: number) => Tensor4D> = {
  nearest: (image, stride) =>
    interpolatedUpsample(image, { strides: [1, stride], interpolation: 'nearest' }),
  bilinear: (image, stride) => interpolatedUpsample(image, { strides: [1, stride] }),
  blurUpsample: (image, stride) =>
    blurUpsample(image, { strides: [1, stride], padding: 'circular', filterSize: 3 }),
  spectralUpsample: (image, stride) =>
    spectralUpsample(image, { strides: [1, stride], norm: 'forward' }),
};

export default figure({
  label: 'A periodic signal of 16 samples, and four upsamplings of it',
  controls: {
    f: { label: 'periods over the 16 samples', min: 1, max: 7, step: 1, value: 3 },
    S: { label: 'stride S', min: 2, max: 4, step: 1, value: 2 },
  },
  draw({ f, S }, Plot) {
    const wave = (t: number) => Math.cos((2 * Math.PI * f * t) / SIZE);
    const x = Float32Array.from({ length: SIZE }, (_, i) => wave(i));
    const truth = Array.from({ length: 8 * SIZE }, (_, i) => ({ t: i / 8, y: wave(i / 8) }));
    const samples = Array.from(x, (y, t) => ({ t, y }));
    const rows = Object.entries(UPSAMPLINGS).map(([name, upsample]) => {
      // Pixels of an interpolation have their centres at half pixels.
      const offset = name === 'nearest' || name === 'bilinear' ? (1 / S - 1) / 2 : 0;
      const values = signalOf(x, (image) => upsample(image, S));
      return { name, points: Array.from(values, (y, i) => ({ t: i / S + offset, y })) };
    });
    const errors = rows.map(({ name, points }) => {
      const error = Math.sqrt(
        points.reduce((sum, { t, y }) => sum + (y - wave(t)) ** 2, 0) / points.length,
      );
      return `${name} ${error.toFixed(2)}`;
    });
    return {
      says: `Root mean square errors: ${errors.join(', ')}. The last is 0 for every wave.`,
      plots: rows.map(({ name, points }, i) => ({
        height: 110,
        x: { label: i === rows.length - 1 ? 'input pixel' : null },
        y: { label: name, domain: [-1.6, 1.6], ticks: 3 },
        marks: [
          Plot.line(truth, { x: 't', y: 'y', stroke: COLORS.quiet, strokeOpacity: 0.5 }),
          Plot.dot(samples, { x: 't', y: 'y', fill: COLORS.quiet, r: 2 }),
          Plot.line(points, { x: 't', y: 'y', stroke: COLORS.first }),
          Plot.dot(points, { x: 't', y: 'y', fill: COLORS.first, r: 3 }),
        ],
      })),
    };
  },
});
