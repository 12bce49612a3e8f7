import type { LayerApplication } from '../graph/layer-application.js';
import type { Constant, Pair } from '../graph/neutral-graph.js';
import { imageInChannelsLast } from './channels-last.js';
import type { Converter } from './converter.js';
import { matrixPooling } from './matrix-pooling.js';

/**
 * `FlcPool` (Grabinski et al. 2022). With `modulus` it is `|P_h x P_wᵀ|` with complex matrices:
 *
 *     |y|² = (A x Cᵀ − B x Dᵀ)² + (A x Dᵀ + B x Cᵀ)²,  P_h = A + iB,  P_w = C + iD
 */
export const flcPool: Converter = (application) => {
  if (!application.config.modulus) return matrixPooling(application);
  const { graph } = application;
  return imageInChannelsLast(application, (x) => {
    const rows = complexMatrix(application, 'rows', x.shape[1]!, 0);
    const columns = complexMatrix(application, 'columns', x.shape[2]!, 1);
    const real = graph.arithmetic(
      'subtract',
      graph.resample(x, rows.real, columns.real),
      graph.resample(x, rows.imaginary, columns.imaginary),
    );
    const imaginary = graph.arithmetic(
      'add',
      graph.resample(x, rows.real, columns.imaginary),
      graph.resample(x, rows.imaginary, columns.real),
    );
    const [a, b] = [real, imaginary].map((part) => graph.arithmetic('multiply', part, part));
    return graph.elementwise('sqrt', graph.arithmetic('add', a!, b!));
  });
};

/**
 * `P[i, p] = α Σ_f exp(2πi f (i/n − p/N))`, over the n central frequencies f of an axis. n is
 * floor(N/S), or the output size.
 */
function complexMatrix(
  application: LayerApplication,
  name: string,
  size: number,
  axis: 0 | 1,
): { real: Constant; imaginary: Constant } {
  const { strides, outputSize } = application.config as { strides?: Pair; outputSize?: Pair };
  const outputs =
    outputSize?.[axis] ?? Math.max(1, Math.floor(Math.fround(size / Math.fround(strides![axis]))));
  const factor = factorOf(application.config.norm, size, outputs);
  const part = (suffix: string, wave: (angle: number) => number) =>
    application.constant(`${name}_${suffix}_${size}`, () => {
      const values = new Float64Array(outputs * size);
      for (let f = -Math.floor(outputs / 2); f < Math.ceil(outputs / 2); f++) {
        values.forEach((_, at) => {
          const turns = Math.floor(at / size) / outputs - (at % size) / size;
          values[at]! += factor * wave(2 * Math.PI * f * turns);
        });
      }
      return { shape: [outputs, size], values };
    });
  return { real: part('real', Math.cos), imaginary: part('imaginary', Math.sin) };
}

/** The product of the forward and the inverse factor along one axis. */
function factorOf(norm: unknown, size: number, outputs: number): number {
  if (norm === 'backward') return 1 / outputs;
  return norm === 'forward' ? 1 / size : 1 / Math.sqrt(size * outputs);
}
