// Measures where the strides of the audio network go in its first steps, with the right labels and
// with shuffled ones, for the page "What we could and could not reproduce":
//   node docs/scripts/measure-audio-start.mjs <recordings of the Free Spoken Digit Dataset>
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { useBackend } from '@ds/backend';
import {
  openSoundPattern,
  permutation,
  soundBatches,
  soundStatistics,
  subsetOfSounds,
} from '@ds/data';
import { audioCnn, strideVariables } from '@ds/models';
import { cosine, sgd, standardGroups, train } from '@ds/train';
import * as tf from '@tensorflow/tfjs';

const SEEDS = [1, 2, 3];
const STEPS = 40;
// Everything below is the quick run of the digits, of which these are the first steps.
const BATCH = 32;
const EPOCHS = 12;
const PEAK = 0.03;
const SECONDS = 0.8;
const frontEnd = {
  sampleRate: 8000,
  frameLength: 200,
  hopLength: 80,
  fftLength: 256,
  bands: 40,
  norm: 'none',
};

/** He-normal is the head's usual start. From zeros, the first logits are 0. */
const VARIANTS = ['He-normal', 'zeros'].flatMap((head) =>
  ['right', 'shuffled'].map((labels) => ({ head, labels })),
);

tf.enableProdMode();
await useBackend('wasm');
const dataset = await openSoundPattern({
  folder: process.argv[2],
  pattern: '{digit}_{speaker}_{index}.wav',
  tasks: ['digit'],
  test: { index: ['0', '1', '2', '3', '4'] },
});
const [{ classes }] = dataset.tasks;
const cache = new Map();
const rows = [];
for (const seed of SEEDS) {
  const clips = subsetOfSounds(dataset, dataset.train, dataset.train.length, seed);
  const statistics = await soundStatistics(clips, { frontEnd, seconds: SECONDS, cache });
  const input = { batchSize: BATCH, frontEnd, seconds: SECONDS, cache, ...statistics };
  const steps = Math.ceil(clips.length / BATCH) * EPOCHS;
  for (const { head, labels } of VARIANTS) {
    const batches = soundBatches(dataset, clips, { ...input, shuffle: { seed, epoch: 0 } });
    const sounds = labels === 'right' ? batches : shuffled(batches, seed);
    const first = await firstSteps(sounds, { seed, steps, hasZeroHead: head === 'zeros' });
    rows.push({ head, labels, seed, ...first });
  }
}
const stored = {
  date: new Date().toISOString().slice(0, 10),
  steps: STEPS,
  classes: classes.length,
  rows,
};
const target = fileURLToPath(new URL('../audio-start/stored.json', import.meta.url));
writeFileSync(target, `${JSON.stringify(stored, null, 1)}\n`);

/** Trains a network for some steps. Returns its first loss, last accuracy and strides. */
async function firstSteps(sounds, { seed, steps, hasZeroHead }) {
  const losses = [];
  const accuracies = [];
  let batch = await sounds.next();
  const [, frames, bands] = batch.value.spectrograms.shape;
  const model = audioCnn({
    inputShape: [frames, bands, 1],
    tasks: { digit: classes.length },
    strides: [2, 2, 2, 2],
    widths: [8, 16, 32, 32],
    poolingConfig: { norm: 'forward', smoothness: 1 },
    seed,
  });
  if (hasZeroHead) {
    const layer = model.getLayer('digit');
    layer.setWeights(layer.getWeights().map((weight) => tf.zerosLike(weight)));
  }
  async function* fewBatches() {
    for (let step = 0; step < STEPS; step++) {
      const { spectrograms: images, labels } = batch.value;
      yield { images, labels };
      batch = await sounds.next();
    }
  }
  await train(model, {
    batches: fewBatches,
    epochs: 1,
    optimizer: sgd({ momentum: 0.9 }),
    schedule: cosine(PEAK, steps),
    groups: standardGroups({ weightDecay: 5e-4 }),
    onEvent: (event) => {
      if (event.type !== 'step') return;
      losses.push(event.loss);
      accuracies.push(event.accuracy);
    },
  });
  const last = accuracies.slice(-10);
  const found = {
    loss: rounded(losses[0]),
    accuracy: rounded((100 * last.reduce((sum, one) => sum + one, 0)) / last.length),
    strides: strideVariables(model).map(({ strides }) => strides.map(rounded)),
  };
  model.dispose();
  return found;
}

/** Batches whose sounds have each other's labels. */
async function* shuffled(sounds, seed) {
  let step = 0;
  for await (const { labels, ...rest } of sounds) {
    const order = permutation(labels[0].shape[0], seed, step++);
    yield {
      ...rest,
      labels: labels.map((one) => {
        const other = tf.tidy(() => tf.gather(one, tf.tensor1d(order, 'int32')));
        one.dispose();
        return other;
      }),
    };
  }
}

function rounded(value) {
  return Number(value.toFixed(2));
}
