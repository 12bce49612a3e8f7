import { useBackend } from '@ds/backend';
import { constant, train } from '@ds/train';
import { replica } from '@ds/train/replicas';
import * as tf from '@tensorflow/tfjs';
import type { SpeedCase } from './cases.js';
import { trainingParts } from './tfjs-case.js';

/** What the replicas of a timed training get. */
export interface TimedTraining {
  speedCase: Extract<SpeedCase, { kind: 'step' }>;
  /** One Int32: the steps that may be made so far, or −1 to end. */
  gate: SharedArrayBuffer;
}

tf.enableProdMode();

await replica<TimedTraining, void>(async ({ input, replicas, send }) => {
  await useBackend('wasm');
  const { model, images, labels, optimizer } = trainingParts(input.speedCase);
  const gate = new Int32Array(input.gate);
  await train(model, {
    batches: function* () {
      for (let step = 0; ; step++) {
        while (Atomics.load(gate, 0) === step) Atomics.wait(gate, 0, step);
        if (Atomics.load(gate, 0) < 0) return;
        yield { images: tf.clone(images), labels: tf.clone(labels) as tf.Tensor2D };
      }
    },
    epochs: 1,
    optimizer,
    schedule: constant(1e-3),
    replicas,
    onEvent: (event) => event.type === 'step' && send('stepped'),
  });
});
