// Measures what an image costs in the networks of the paper's table at medium size, at the strides
// with which they ended: a training step (forward and backward) and classification, in milliseconds
// of CPU on one core of the wasm backend:
//   node docs/scripts/measure-medium.mjs
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { useBackend } from '@ds/backend';
import { resnet18, strideVariables } from '@ds/models';
import * as tf from '@tensorflow/tfjs';
import { mediumRuns, POOLINGS, startOf } from './medium-table.mjs';

const BATCH = 64;
const ROUNDS = 15;
const SHAPE = [32, 32, 3];

tf.enableProdMode();
await useBackend('wasm');
const images = tf.randomNormal([BATCH, ...SHAPE], 0, 1, 'float32', 1);
const labels = tf.oneHot(
  Array.from({ length: BATCH }, (_, image) => image % 10),
  10,
);
const networks = finalNetworks().map((network) => ({ ...network, step: [], classify: [] }));
for (const { model } of networks) for (const run of [step, classify]) await run(model);
// All networks in turn, round by round, so that all see the same load of the machine.
for (let round = 0; round < ROUNDS; round++) {
  for (const network of networks) {
    network.step.push(await timeOf(() => step(network.model)));
    network.classify.push(await timeOf(() => classify(network.model)));
  }
}
const stored = {
  machine: `${cpus()[0].model.trim()}, Node ${process.version}`,
  date: new Date().toISOString().slice(0, 10),
  command: 'node docs/scripts/measure-medium.mjs',
  batch: BATCH,
  rounds: ROUNDS,
  rows: networks.map(({ pooling, strides, seed, ...times }) => ({
    ...{ pooling, strides, seed },
    step: quartiles(times.step),
    classify: quartiles(times.classify),
  })),
};
const target = fileURLToPath(new URL('../medium-time/stored.json', import.meta.url));
writeFileSync(target, `${JSON.stringify(stored, null, 1)}\n`);

/** The networks of the stored medium runs, with random weights and the final strides. */
function finalNetworks() {
  return mediumRuns(fileURLToPath(new URL('../results', import.meta.url)))
    .filter(({ config }) => POOLINGS.includes(config.pooling))
    .map(({ config, final }) => {
      const { pooling, poolingConfig, strides, width, variant, stem, seed } = config;
      const shared = { pooling, poolingConfig, strides, width, variant, stem, seed };
      const model = resnet18({ inputShape: SHAPE, classes: 10, ...shared });
      for (const { layer, variable } of strideVariables(model)) {
        const values = tf.tensor1d(final[layer]);
        variable.assign(values);
        values.dispose();
      }
      return { pooling, strides: startOf(config), seed, model };
    });
}

/** The gradients of a batch, of a model in training. */
async function step(model) {
  const { value, grads } = tf.variableGrads(() =>
    tf.losses.softmaxCrossEntropy(labels, model.apply(images, { training: true })),
  );
  await value.data();
  tf.dispose([value, grads]);
}

async function classify(model) {
  const y = model.predict(images, { batchSize: BATCH });
  await y.data();
  y.dispose();
}

/** Milliseconds of CPU for an image. */
async function timeOf(run) {
  const start = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000 / BATCH;
}

function quartiles(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => Number(sorted[Math.floor(share * sorted.length)].toPrecision(3));
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}
