import { useBackend } from '@ds/backend';
import * as tf from '@tensorflow/tfjs';
import { CASES } from './cases.mjs';

/** Relative to the largest value. GPUs round, and sum in another order. */
const TOLERANCE = 1e-3;

/**
 * Kernels of ours that do not make an operation fast: every case has some of them, or they only put
 * tfjs right.
 */
const MINOR = new Set(
  'All Any ArgMax ArgMin ClipByValue Identity Max Mean Min Prelu Prod Relu Relu6 Sum'.split(' '),
);

/** What the cpu backend makes of a case: computed once, for it is slow. */
const expectations = new Map();

/**
 * Every case on a backend, beside the cpu backend: whether it runs and gives the same numbers,
 * whether its gradients do, whether our kernels take part, and whether it reads tensors back while
 * it computes.
 */
export async function measureBackend(name, cases = CASES) {
  await useBackend('cpu');
  for (const one of cases) {
    if (expectations.has(one)) continue;
    const [, , inputs, f] = one;
    expectations.set(one, await attempt(inputs, f));
  }
  const info = await useBackend(name);
  if (/^web/.test(name)) tf.env().set(`${name.toUpperCase()}_CPU_FORWARD`, false);
  const brought = name === 'cpu' ? [] : [...info.added, ...info.replaced];
  const ours = new Set(brought.filter((kernel) => !MINOR.has(kernel)));
  const results = [];
  for (const one of cases) {
    const [group, operation, inputs, f] = one;
    const expected = expectations.get(one);
    const found = name === 'cpu' ? expected : await attempt(inputs, f);
    results.push({
      group,
      operation,
      runs: verdict(found.values, expected.values),
      trains: verdict(found.gradients, expected.gradients),
      accelerated: found.kernels.some((kernel) => ours.has(kernel)),
      readsBack: found.reads > 0,
    });
  }
  return results;
}

/** Values and gradients, or the errors in their place, with the kernels that ran and the tensors read while they did. */
async function attempt(inputs, f) {
  // What was computed lies where the backend keeps it, as strides do after a step of training.
  const xs = tf.tidy(() => inputs().map((x) => tf.mul(x, 1)));
  const list = (result) => (Array.isArray(result) ? result : [result]);
  const kernels = new Set();
  let reads = 0;
  const backend = tf.backend();
  const readSync = backend.readSync;
  backend.readSync = function (dataId) {
    // Values that are in host memory still, as constants are, cost nothing to read.
    const held = (backend.texData ?? backend.tensorMap)?.get(dataId);
    if (held && !held.values && !held.complexTensorInfos) reads++;
    return readSync.call(this, dataId);
  };
  const run = async (compute) => {
    let made = [];
    try {
      const profile = await tf.profile(() => {
        made = tf.tidy(compute);
        return made;
      });
      for (const name of profile.kernelNames) kernels.add(name);
      const during = reads;
      const values = [];
      for (const one of made) values.push(Array.from(await one.data()));
      reads = during;
      return { values };
    } catch (error) {
      return { error: String(error.message ?? error).split('\n')[0] };
    } finally {
      for (const one of made) one.dispose();
    }
  };
  const values = await run(() => list(f(...xs)));
  // Of Σ y·w with weights that differ, so that no error cancels.
  const gradients = await run(() =>
    tf.grads((...args) =>
      tf.addN(
        list(f(...args)).map((y) =>
          tf.sum(tf.mul(y, tf.reshape(tf.cos(tf.range(0, y.size)), y.shape))),
        ),
      ),
    )(xs),
  );
  backend.readSync = readSync;
  for (const x of xs) x.dispose();
  return { values, gradients, kernels: [...kernels], reads };
}

/** `null` where a result is right, else what is wrong with it. Gradients that are all but zero beside others may be noise. */
function verdict(found, expected) {
  if (found.error) return found.error;
  if (expected.error) return null;
  const all = expected.values.flat();
  const largest = all.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const got = found.values.flat();
  if (got.length !== all.length) return `${got.length} values for ${all.length}`;
  const off = got.reduce((max, value, i) => Math.max(max, Math.abs(value - all[i])), 0);
  return off <= TOLERANCE * largest ? null : `off by ${(off / largest).toPrecision(2)}`;
}
