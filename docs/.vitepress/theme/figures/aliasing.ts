import { blurPool, spectralPool } from '@ds/layers/ops';
import { COLORS, figure } from '../figure.js';
import { signalOf } from '../signal.js';

const SIZE = 48;

export default figure({
  label: 'A wave, what a stride keeps of it, and what poolings that filter first keep',
  controls: {
    f: { label: 'periods over the 48 pixels', min: 1, max: 23, step: 1, value: 19 },
    S: { label: 'stride S', min: 2, max: 4, step: 1, value: 2 },
  },
  draw({ f, S }, Plot) {
    const x = Float32Array.from({ length: SIZE }, (_, i) => Math.cos((2 * Math.PI * f * i) / SIZE));
    const rows = [
      ...points(
        'strided',
        x.filter((_, i) => i % S === 0),
        S,
      ),
      ...points(
        'blurPool',
        signalOf(x, (image) => blurPool(image, [1, S], { padding: 'replicate' })),
        S,
      ),
      ...points(
        'spectralPool',
        signalOf(x, (image) => spectralPool(image, [1, S], { norm: 'forward' })),
        S,
      ),
    ];
    const limit = SIZE / (2 * S);
    const kept = SIZE / S;
    const alias = Math.abs(f - kept * Math.round(f / kept));
    return {
      says:
        f > limit
          ? `${kept} samples can represent at most ${limit} periods, fewer than ${f}. ` +
            `Strided sampling turns the wave into one with ${alias} periods. ` +
            'Poolings that filter first attenuate it, and spectral pooling removes it.'
          : `${kept} samples can represent up to ${limit} periods, so ${f} fit. ` +
            'Every pooling keeps the wave. BlurPool attenuates it a little.',
      plots: ['strided', 'blurPool', 'spectralPool'].map((name, i) => ({
        height: 110,
        x: { label: i === 2 ? 'pixel' : null },
        y: { label: name, domain: [-1.2, 1.2], ticks: 3 },
        marks: [
          Plot.line(fine(f), { x: 't', y: 'y', stroke: COLORS.quiet, strokeOpacity: 0.4 }),
          Plot.line(rows, { filter: (d) => d.name === name, x: 't', y: 'y', stroke: COLORS.first }),
          Plot.dot(rows, {
            filter: (d) => d.name === name,
            x: 't',
            y: 'y',
            fill: COLORS.first,
            r: 3,
          }),
        ],
      })),
    };
  },
});

function points(name: string, values: ArrayLike<number>, S: number) {
  return Array.from(values, (y, i) => ({ name, t: i * S, y }));
}

function fine(f: number) {
  return Array.from({ length: 8 * SIZE }, (_, i) => ({
    t: i / 8,
    y: Math.cos((2 * Math.PI * f * i) / 8 / SIZE),
  }));
}
