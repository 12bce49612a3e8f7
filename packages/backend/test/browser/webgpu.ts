import { useBackend } from '@ds/backend';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';

/** The results of the page, for the test. */
interface Report {
  backend: string;
  added: string[];
  replaced: string[];
  values: Record<string, { cpu: number[]; webgpu: number[] }>;
}

const values = (shape: number[], phase: number) =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((n, side) => n * side, 1) }, (_, i) =>
      Math.sin(1.37 * i + phase),
    ),
    shape,
  );

const weighted = (y: tf.Tensor) => tf.sum(tf.mul(y, values(y.shape, 4.7)));

/** The parts of a training step, by name. */
const CASES: Record<string, () => tf.Tensor[]> = {
  convolution: () =>
    tf.grads((x: tf.Tensor, f: tf.Tensor) =>
      weighted(tf.conv2d(x as tf.Tensor4D, f as tf.Tensor4D, 2, 'same')),
    )([values([2, 9, 8, 5], 1), values([3, 3, 5, 7], 2)]),
  'batch norm and ReLU': () => {
    const layer = tf.layers.batchNormalization({});
    const run = (x: tf.Tensor) =>
      weighted(tf.relu(layer.apply(x, { training: true }) as tf.Tensor));
    return [tf.grad(run)(values([3, 5, 4, 6], 3))];
  },
  'sum of ten': () => [tf.addN(Array.from({ length: 10 }, (_, i) => tf.add(values([7], i), 0)))],
  product: () => [tf.matMul(values([2, 5, 7], 1), values([2, 5, 9], 2), true)],
};

async function report(): Promise<Report> {
  const found: Report['values'] = {};
  const { added, replaced } = await useBackend('webgpu');
  const backend = tf.getBackend();
  for (const name of ['cpu', 'webgpu'] as const) {
    await useBackend(name);
    for (const [what, compute] of Object.entries(CASES)) {
      const made = tf.tidy(compute);
      const list: number[] = [];
      for (const one of made) list.push(...(await one.data()));
      found[what] ??= { cpu: [], webgpu: [] };
      found[what][name] = list;
    }
  }
  return { backend, added, replaced, values: found };
}

report().then(
  (found) => Object.assign(globalThis, { found }),
  (error) => Object.assign(globalThis, { found: { error: String(error?.stack ?? error) } }),
);
