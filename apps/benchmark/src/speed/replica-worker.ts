import { useBackend } from '@ds/backend';
import { productTiles } from '@ds/backend/diagnostics';
import { constant, train } from '@ds/train';
import { replica } from '@ds/train/replicas';
import * as tf from '@tensorflow/tfjs';
import { type SpeedCase, shardOfCase } from './cases.js';
import { readyTfjsCase, trainingParts } from './tfjs-case.js';

/** The input of each replica of a timed case. */
export interface TimedCase {
  speedCase: SpeedCase;
  /** One Int32: the number of rounds allowed so far, or −1 to end. */
  gate: SharedArrayBuffer;
}

tf.enableProdMode();

await replica<TimedCase, void>(async ({ input, replicas, send }) => {
  await useBackend('wasm');
  await productTiles();
  const { speedCase } = input;
  const gate = new Int32Array(input.gate);
  /** Waits until a round is allowed. Returns false if no more rounds follow. */
  const opens = (round: number) => {
    while (Atomics.load(gate, 0) === round) Atomics.wait(gate, 0, round);
    return Atomics.load(gate, 0) >= 0;
  };
  if (speedCase.kind !== 'step') {
    const shard = readyTfjsCase(shardOfCase(speedCase, replicas.rank, replicas.size));
    for (let round = 0; opens(round); round++) {
      shard.run();
      send('done');
    }
    shard.dispose();
    return;
  }
  const { model, images, labels, optimizer } = trainingParts(speedCase);
  await train(model, {
    batches: function* () {
      for (let round = 0; opens(round); round++) {
        yield { images: tf.clone(images), labels: tf.clone(labels) as tf.Tensor2D };
      }
    },
    epochs: 1,
    optimizer,
    schedule: constant(1e-3),
    replicas,
    onEvent: (event) => event.type === 'step' && send('done'),
  });
});
