import { useBackend } from '@ds/backend';
import { DiffStride } from '@ds/layers';
import { unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { constant, sgd, train } from '../src/index.js';
import { residualNetwork } from './residual-network.js';

const STEPS = 1000;
/**
 * Steps after which the heap has its size: scratch space is there, and what is freed is used again.
 */
const SETTLED = 50;

/** Bytes of tfjs's wasm heap, which never shrinks. */
function heapBytes(): number {
  const { wasm } = tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } };
  return wasm.HEAPU8.buffer.byteLength;
}

it(`neither leaks a tensor nor grows the heap over ${STEPS} steps`, async () => {
  await useBackend('wasm');
  tf.enableProdMode();
  const pooling = new DiffStride({ strides: [2, 2], smoothness: 1 });
  const model = residualNetwork([8, 8, 3], [pooling]);
  const optimizer = sgd({ momentum: 0.9 });
  const labels = tf.tensor2d([1, 0, 0, 1], [2, 2]);
  const counts: { tensors: number; bytes: number }[] = [];
  await train(model, {
    batches: function* () {
      for (let step = 0; step < STEPS; step++) {
        yield { images: unitTensor(step % 7, [2, 8, 8, 3]), labels: labels.clone() };
      }
    },
    epochs: 1,
    optimizer,
    schedule: constant(1e-3),
    onEvent: ({ type }) => {
      if (type === 'step') counts.push({ tensors: tf.memory().numTensors, bytes: heapBytes() });
    },
  });
  expect(counts).toHaveLength(STEPS);
  expect(counts.at(-1)).toEqual(counts[SETTLED]);
  const leftBehind = tf.memory().numTensors;
  optimizer.dispose();
  model.dispose();
  labels.dispose();
  expect(tf.memory().numTensors).toBeLessThan(leftBehind);
});
