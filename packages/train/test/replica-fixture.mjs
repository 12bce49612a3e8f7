// A replica's module for the tests, on the built package: trains a small network on images that a
// formula gives, or fails as its input says.
import { useBackend } from '@ds/backend';
import { constant, evaluate, sgd, train } from '@ds/train';
import { replica } from '@ds/train/replicas';
// Each replica loads everything again, and these two take half of the time of `@tensorflow/tfjs`.
import * as tf from '@tensorflow/tfjs-core';
import { initializers, layers, regularizers, sequential } from '@tensorflow/tfjs-layers';

tf.enableProdMode();

await replica(async ({ replicas, input, signal, send }) => {
  const {
    model: config,
    batchSizes,
    epochs = 2,
    misbehave,
    rank = 1,
    spoilt,
    cut,
    resume,
    only,
  } = input;
  // wasm takes its time to start, and how replicas end together does not depend on it.
  await useBackend(misbehave ? 'cpu' : 'wasm');
  const misbehaves = replicas.rank === rank;
  if (misbehaves && misbehave === 'throw early') throw new RangeError('no such data');
  if (misbehaves && misbehave === 'throw what has no clone') throw () => {};
  if (misbehaves && misbehave === 'abort') AbortSignal.abort().throwIfAborted();
  if (misbehaves && misbehave === 'send a function') send({ at: () => 1 });
  if (misbehaves && misbehave === 'return early') return null;
  const filters = misbehaves && misbehave === 'other model' ? 3 : 2;
  const model = config ? await residual(config) : plain(filters);
  if (only === 'evaluate') {
    return evaluate(
      model,
      batchSizes.map((size, step) => batch(size, step)),
      { replicas },
    );
  }
  const sizes = misbehaves && misbehave === 'fewer batches' ? batchSizes.slice(1) : batchSizes;
  const optimizer = sgd({ momentum: 0.9 });
  const controller = new AbortController();
  const states = [];
  let evaluated = 0;
  const result = await train(model, {
    batches: () => sizes.map((size, step) => batch(size, step, spoilt)),
    evaluation: function* () {
      for (const [step, size] of batchSizes.entries()) {
        yield batch(size, step + 100, spoilt);
        // Only the signal of this replica comes.
        if (++evaluated === cut && misbehaves) controller.abort();
      }
    },
    epochs: misbehaves && misbehave === 'fewer epochs' ? 1 : epochs,
    optimizer,
    schedule: constant(0.02),
    replicas,
    signal: AbortSignal.any([signal, controller.signal]),
    resume,
    checkpoints: { save: (state) => void states.push(state) },
    onEvent: (event) => {
      send(event);
      if (event.step !== 1 || !misbehaves) return;
      if (misbehave === 'throw') throw new RangeError('a bad step');
      if (misbehave === 'exit') process.exit(3);
    },
  });
  const weights = Object.fromEntries(
    model.weights.map((weight) => [weight.originalName, [...weight.read().dataSync()]]),
  );
  send({ type: 'weights', weights });
  return { ...result, weights, rank: replicas.rank, last: states.at(-1) };
});

/** A batch of a seed. With `spoilt.seed` one pixel of the image `spoilt.image` is NaN. */
function batch(size, seed, spoilt) {
  const shape = [size, 8, 8, 3];
  const values = tf.randomNormal(shape, 0, 1, 'float32', seed + 1).dataSync();
  if (spoilt?.seed === seed) values[spoilt.image * 192] = Number.NaN;
  const images = tf.tensor(values, shape);
  const classes = Array.from({ length: size }, (_, i) => (i + seed) % 2);
  const files = classes.map((_, i) => `${seed}-${i}.png`);
  return { images, labels: tf.cast(tf.oneHot(tf.tensor1d(classes, 'int32'), 2), 'float32'), files };
}

/** A network with batch norm. Its package is loaded only here: each replica loads it again. */
async function residual(config) {
  const { resnet18 } = await import('@ds/models');
  return resnet18({ ...config, width: 2 });
}

/** A network without batch norm: shards see what the whole batch sees. */
function plain(filters) {
  const initializer = (seed) => initializers.heNormal({ seed });
  return sequential({
    layers: [
      layers.conv2d({
        inputShape: [8, 8, 3],
        filters,
        kernelSize: 3,
        activation: 'relu',
        kernelInitializer: initializer(1),
      }),
      layers.flatten(),
      layers.dense({
        units: 2,
        kernelInitializer: initializer(2),
        kernelRegularizer: regularizers.l2({ l2: 0.1 }),
      }),
    ],
  });
}
