import { useBackend } from '@ds/backend';
import * as tf from '@tensorflow/tfjs';
import { poolingLayer } from '@ds/layers';
await useBackend('wasm');
console.warn = () => {};
const lcg = (seed) => { let s = seed >>> 0; return () => (s = (Math.imul(1664525, s) + 1013904223) >>> 0) / 2 ** 32; };
function draw(count, seed) {
  const r = lcg(seed); for (let i = 0; i < 20; i++) r();
  const gauss = () => Math.sqrt(-2 * Math.log(r() + 1e-12)) * Math.cos(2 * Math.PI * r());
  const x = new Float32Array(count * 32 * 32 * 3); const labels = new Int32Array(count);
  for (let n = 0; n < count; n++) {
    const label = Math.floor(r() * 10); labels[n] = label;
    const angle = (Math.PI * (label % 5)) / 5 + 0.12 * gauss();
    const f = (label < 5 ? 0.07 : 0.14) * (1 + 0.08 * gauss());
    const phase = 2 * Math.PI * r(); const la = 2 * Math.PI * r();
    const color = [0, 1, 2].map(() => 0.5 + 0.5 * r());
    for (let i = 0; i < 32; i++) for (let j = 0; j < 32; j++) {
      const wave = Math.cos(2 * Math.PI * f * (i * Math.cos(angle) + j * Math.sin(angle)) + phase);
      const light = ((i - 16) * Math.cos(la) + (j - 16) * Math.sin(la)) / 8;
      for (let c = 0; c < 3; c++) x[((n * 32 + i) * 32 + j) * 3 + c] = color[c] * wave + light + 1.2 * gauss();
    }
  }
  return { x: tf.tensor4d(x, [count, 32, 32, 3]), y: tf.oneHot(tf.tensor1d(labels, 'int32'), 10) };
}
const train = draw(2000, 1), test = draw(1000, 2);
const configs = {
  spectral: ['spectral', {}], dct: ['dct', {}],
  diffstride: ['diffstride', { smoothness: 2, strideGradientScale: 10 }],
  'dct-diffstride': ['dct-diffstride', { smoothness: 4, strideGradientScale: 10 }],
};
const init = (seed) => tf.initializers.heNormal({ seed });
for (const seed of [1, 2, 3]) for (const [key, [name, config]] of Object.entries(configs)) {
  const conv = (k, filters, extra = {}) => tf.layers.conv2d({ filters, kernelSize: 3, padding: 'same', useBias: false, kernelInitializer: init(10 * seed + k), ...extra });
  const pools = [0, 1].map((i) => poolingLayer(name, { name: 'pool' + i, strides: [2, 2], norm: 'forward', ...config }));
  const model = tf.sequential({ layers: [
    conv(1, 16, { inputShape: [32, 32, 3] }), pools[0], tf.layers.batchNormalization({ momentum: 0.9 }), tf.layers.reLU(),
    conv(2, 32), pools[1], tf.layers.batchNormalization({ momentum: 0.9 }), tf.layers.reLU(),
    conv(3, 32), tf.layers.batchNormalization({ momentum: 0.9 }), tf.layers.reLU(),
    tf.layers.globalAveragePooling2d({}), tf.layers.dense({ units: 10, activation: 'softmax', kernelInitializer: init(10 * seed + 4) }) ] });
  model.compile({ optimizer: tf.train.momentum(0.03, 0.9), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  const c = process.cpuUsage();
  for (let e = 0; e < 4; e++) {
    const perm = Array.from(tf.util.createShuffledIndices(2000));
    // order by seed
    const r = lcg(100 * seed + e); for (let i = perm.length - 1; i > 0; i--) { const j = Math.floor(r() * (i + 1)); [perm[i], perm[j]] = [perm[j], perm[i]]; }
    const order = Array.from({ length: 2000 }, (_, i) => i); const r2 = lcg(100 * seed + e);
    for (let i = 1999; i > 0; i--) { const j = Math.floor(r2() * (i + 1)); [order[i], order[j]] = [order[j], order[i]]; }
    for (let b = 0; b + 40 <= 2000; b += 40) {
      const idx = tf.tensor1d(order.slice(b, b + 40), 'int32');
      const [bx, by] = [tf.gather(train.x, idx), tf.gather(train.y, idx)];
      await model.trainOnBatch(bx, by); tf.dispose([idx, bx, by]);
    }
  }
  const d = process.cpuUsage(c);
  const out = model.evaluate(test.x, test.y, { batchSize: 100 });
  console.log(JSON.stringify({ key, seed, acc: +out[1].dataSync()[0].toFixed(4), loss: +out[0].dataSync()[0].toFixed(3), strides: pools.map((p) => p.strides.map((s) => +s.toFixed(2))), cpu: +((d.user + d.system) / 1e6).toFixed(1) }));
  model.dispose(); tf.dispose(out);
}
