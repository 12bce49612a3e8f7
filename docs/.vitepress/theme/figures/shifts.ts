import { polynomialActivation, upsampledRelu } from '@ds/layers/ops';
import { relu, type Tensor4D, tensor2d } from '@tensorflow/tfjs-core';
import { COLORS, figure } from '../figure.js';
import { signalOf } from '../signal.js';

const SIZE = 16;
/** Shifts in a pixel. */
const STEPS = 32;
/** Coefficients near GELU, those of `PolynomialActivation`. */
const NEAR_GELU = [0.0169394634313126, 0.5, 0.3078363963999393];
const NAMES = ['relu', 'upsampled relu', 'polynomial'] as const;

export default figure({
  label: 'The energy of an activation’s output while its input shifts by fractions of a pixel',
  controls: {
    f: { label: 'periods over the 16 pixels', min: 1, max: 7, step: 1, value: 6 },
    s: { label: 'shift in pixels', min: 0, max: 1, step: 1 / STEPS, value: 0.25 },
    factor: { label: 'upsampling', min: 2, max: 8, step: 1, value: 2 },
  },
  draw({ f, s, factor }, Plot) {
    const activations: Record<(typeof NAMES)[number], (x: Tensor4D) => Tensor4D> = {
      relu,
      'upsampled relu': (x) => upsampledRelu(x, { factor }),
      polynomial: (x) => polynomialActivation(x, tensor2d(NEAR_GELU, [3, 1]), { factor }),
    };
    const output = (name: (typeof NAMES)[number], shift: number) =>
      signalOf(wave(f, shift), activations[name]);
    const energies = NAMES.map((name) => {
      const values = Array.from({ length: STEPS + 1 }, (_, i) => energy(output(name, i / STEPS)));
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return values.map((value, i) => ({ name, shift: i / STEPS, energy: (100 * value) / mean }));
    });
    const change = (at: number) => {
      const values = energies[at]!.map((one) => one.energy);
      return `${(Math.max(...values) - Math.min(...values)).toFixed(1)} %`;
    };
    const color = {
      legend: true,
      domain: [...NAMES],
      range: [COLORS.first, COLORS.second, COLORS.third],
    };
    return {
      says:
        `The shift changes the energy after the ReLU by ${change(0)} of its mean, after the ` +
        `upsampled ReLU by ${change(1)}, and after the polynomial by ${change(2)}.`,
      plots: [
        {
          height: 150,
          x: { label: 'pixel' },
          y: { label: 'output', ticks: 3 },
          color,
          marks: NAMES.map((name) =>
            Plot.line(
              Array.from(output(name, s), (y, pixel) => ({ name, pixel, y })),
              { x: 'pixel', y: 'y', stroke: 'name', marker: 'dot' },
            ),
          ),
        },
        {
          height: 200,
          x: { label: 'shift in pixels' },
          y: { label: 'energy (% of its mean)', grid: true },
          color: { ...color, legend: false },
          marks: [
            Plot.ruleX([s], { stroke: COLORS.quiet, strokeOpacity: 0.5 }),
            Plot.line(energies.flat(), { x: 'shift', y: 'energy', stroke: 'name' }),
          ],
        },
      ],
    };
  },
});

/** Two waves and a mean, shifted by a fraction of a pixel. */
function wave(f: number, shift: number): Float32Array {
  return Float32Array.from({ length: SIZE }, (_, i) => {
    const angle = (2 * Math.PI * (i - shift)) / SIZE;
    return 0.3 + Math.cos(f * angle) + 0.5 * Math.cos(angle + 1);
  });
}

function energy(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value * value, 0);
}
