import * as tf from '@tensorflow/tfjs';
import { at, generate } from './array.js';
import { type Draw, type Op, shapeOf } from './op.js';

/**
 * A transform along the last axis. Its inputs are real parts. Its result is one tensor, also if it
 * is complex.
 */
function transform(
  name: string,
  options: {
    length: (draw: Draw) => number;
    inputs: 1 | 2;
    op: (parts: tf.Tensor[]) => tf.Tensor;
    valueAt: (line: number[][], at: number, count: number) => [number, number];
    count?: (length: number) => number;
    isReal?: boolean;
  },
): Op {
  const { length, inputs, op, valueAt, count = (n) => n, isReal = false } = options;
  return {
    name,
    // tfjs has no gradient of the imaginary part.
    hasGradient: false,
    missing: { wasm: /not registered for backend 'wasm'/ },
    usesTrigonometry: true,
    draw: (draw) => {
      const shape = [...shapeOf(draw, 0, 4), length(draw)];
      const both = (x: tf.Tensor) => (isReal ? x : tf.stack([tf.real(x), tf.imag(x)]));
      return {
        label: JSON.stringify(shape),
        inputs: Array.from({ length: inputs }, () => draw.values(shape)),
        op: (...parts) => both(op(parts)),
        oracle: (...parts) => {
          const n = shape.at(-1)!;
          const out = [...shape.slice(0, -1), count(n)];
          const part = (which: 0 | 1) =>
            generate(out, (index) => {
              const line = parts.map((x) =>
                Array.from({ length: n }, (_, i) => at(x, index.with(-1, i))),
              );
              return valueAt(line, index.at(-1)!, n)[which];
            });
          const [re, im] = [part(0), part(1)];
          if (isReal) return re;
          return { shape: [2, ...out], data: Float64Array.of(...re.data, ...im.data) };
        },
      };
    },
  };
}

/** Σ (re + i·im)·exp(sign·2πi·k·i/n) over a line. */
function dft(re: number[], im: number[], k: number, sign: number): [number, number] {
  let [real, imag] = [0, 0];
  const n = re.length;
  for (let i = 0; i < n; i++) {
    const [c, s] = [
      Math.cos((2 * Math.PI * k * i) / n),
      sign * Math.sin((2 * Math.PI * k * i) / n),
    ];
    real += re[i]! * c - im[i]! * s;
    imag += re[i]! * s + im[i]! * c;
  }
  return [real, imag];
}

/** Fourier transforms along the last axis. */
export const TRANSFORMS: Op[] = [
  transform('fft', {
    inputs: 2,
    length: (draw) => draw.integer(1, 9),
    op: ([re, im]) => tf.fft(tf.complex(re!, im!)),
    valueAt: ([re, im], k) => dft(re!, im!, k, -1),
  }),
  transform('ifft', {
    inputs: 2,
    length: (draw) => draw.integer(1, 9),
    op: ([re, im]) => tf.ifft(tf.complex(re!, im!)),
    valueAt: ([re, im], k, n) => dft(re!, im!, k, 1).map((part) => part / n) as [number, number],
  }),
  transform('rfft', {
    inputs: 1,
    length: (draw) => draw.integer(1, 9),
    count: (n) => Math.floor(n / 2) + 1,
    op: ([x]) => tf.spectral.rfft(x!),
    valueAt: ([x], k) =>
      dft(
        x!,
        x!.map(() => 0),
        k,
        -1,
      ),
  }),
];
