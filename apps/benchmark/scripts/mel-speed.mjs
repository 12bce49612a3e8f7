// Compares the time of the mel spectrogram as tensors with the one on the host:
//   node apps/benchmark/scripts/mel-speed.mjs [--backend wasm|cpu|webgpu] [--batch 16] [--runs 15]
// The two take turns in one process. It prints medians, quartiles and their ratio. A run ends when
// its values are on the host.
import { parseArgs } from 'node:util';
import { useBackend } from '@ds/backend';
import { Spectrogram } from '@ds/data/audio';
import { spectrogram } from '@ds/data/mel-layer';
import * as tf from '@tensorflow/tfjs';

const { values } = parseArgs({
  options: {
    backend: { type: 'string', default: 'wasm' },
    batch: { type: 'string', default: '16' },
    runs: { type: 'string', default: '15' },
  },
});
const [batch, runs] = [Number(values.batch), Number(values.runs)];
const plan = new Spectrogram({
  sampleRate: 16_000,
  frameLength: 400,
  hopLength: 160,
  fftLength: 512,
  bands: 64,
});
const { name } = await useBackend(values.backend);
const samples = Float32Array.from({ length: batch * 16_000 }, (_, t) => Math.sin(t ** 1.1));
const x = tf.tensor2d(samples, [batch, 16_000]);
const ways = {
  host: async () => {
    for (let i = 0; i < batch; i++) plan.transform(samples.subarray(i * 16_000, (i + 1) * 16_000));
  },
  [name]: async () => {
    const y = spectrogram(x, plan);
    await y.data();
    y.dispose();
  },
};
const times = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
for (let run = -3; run < runs; run++) {
  for (const [way, once] of Object.entries(ways)) {
    const start = performance.now();
    await once();
    if (run >= 0) times[way].push(performance.now() - start);
  }
}
const quantile = (all, q) => all.toSorted((a, b) => a - b)[Math.round(q * (all.length - 1))];
for (const [way, all] of Object.entries(times)) {
  const [low, median, high] = [0.25, 0.5, 0.75].map((q) => quantile(all, q).toFixed(2));
  console.log(`${way}: ${median} ms (${low}–${high}) for ${batch} seconds of sound`);
}
const [host, device] = Object.values(times).map((all) => quantile(all, 0.5));
console.log(`${name} takes ×${(device / host).toPrecision(3)} as long as the host`);
