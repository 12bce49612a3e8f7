// Measures how long a ResNet-18 with each pooling takes to classify one image, on one core of the
// wasm backend, and stores it for the table "Which pooling should I use?":
//   node docs/scripts/measure-choice.mjs
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { useBackend } from '@ds/backend';
import { poolingNames } from '@ds/layers';
import { resnet18 } from '@ds/models';
import * as tf from '@tensorflow/tfjs';
import { frozenOf } from './frozen-of.mjs';

const SIDES = [32, 128, 224];
const WIDTH = 16;
const ROUNDS = 11;

tf.enableProdMode();
await useBackend('wasm');
const rows = [];
for (const side of SIDES) {
  // All networks of one size in turn, round by round, so that all see the same load of the machine.
  const networks = ['conv', ...poolingNames()].flatMap((pooling) => {
    const model = resnet18({
      inputShape: [side, side, 3],
      classes: 10,
      width: WIDTH,
      pooling,
      poolingConfig: /diffstride$/.test(pooling) ? { smoothness: 1 } : {},
      strides: [1, 1, 2, 2, 2],
      seed: 1,
    });
    const frozen = frozenOf(model, [side, side, 3]);
    return [
      { pooling, isFrozen: false, model, times: [] },
      ...(frozen ? [{ pooling, isFrozen: true, model: frozen, times: [] }] : []),
    ];
  });
  const image = tf.randomNormal([1, side, side, 3], 0, 1, 'float32', 1);
  for (const { model } of networks) await classify(model, image);
  for (let round = 0; round < ROUNDS; round++) {
    for (const { model, times } of networks) {
      const start = performance.now();
      await classify(model, image);
      times.push(performance.now() - start);
    }
  }
  for (const { pooling, isFrozen, model, times } of networks) {
    rows.push({ pooling, isFrozen, side, milliseconds: median(times) });
    model.dispose();
  }
  image.dispose();
}
const stored = {
  machine: `${cpus()[0].model.trim()}, Node ${process.version}`,
  date: new Date().toISOString().slice(0, 10),
  width: WIDTH,
  rounds: ROUNDS,
  rows: rows.map((row) => ({ ...row, milliseconds: Number(row.milliseconds.toPrecision(3)) })),
};
const target = fileURLToPath(new URL('../choice/latency.json', import.meta.url));
writeFileSync(target, `${JSON.stringify(stored, null, 1)}\n`);

async function classify(model, image) {
  const y = model.predict(image);
  await y.data();
  y.dispose();
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
