import { useBackend } from '@ds/backend';
import * as tf from '@tensorflow/tfjs';
import { CASES } from './cases.mjs';

/** Tolerance relative to the largest value. GPUs round differently and sum in another order. */
const TOLERANCE = 1e-3;

/**
 * Our kernels that do not count as acceleration. They occur in almost every case, or only correct
 * tfjs's results.
 */
const MINOR = new Set(
  'All Any ArgMax ArgMin ClipByValue Identity Max Mean Min Prelu Prod Relu Relu6 Sum'.split(' '),
);

/** The cpu backend's results by case. They are computed once, since that backend is slow. */
const expectations = new Map();

/**
 * Compares every case on a backend with the cpu backend. Reports whether values and gradients
 * agree, whether our kernels ran, and whether tensors were read back during the computation.
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

/** Values and gradients, or their errors, with the kernels that ran and the number of reads. */
async function attempt(inputs, f) {
  // Multiplying moves inputs to the device, where strides are after a training step.
  const xs = tf.tidy(() => inputs().map((x) => tf.mul(x, 1)));
  const list = (result) => (Array.isArray(result) ? result : [result]);
  const kernels = new Set();
  let reads = 0;
  const backend = tf.backend();
  const readSync = backend.readSync;
  backend.readSync = function (dataId) {
    // Values that are still in host memory, such as constants, cost nothing to read.
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
  // Gradients of Σ y·w. The weights w differ, so that errors do not cancel. They come from the
  // host, since a GPU computes cosines to 2⁻¹¹ only.
  const gradients = await run(() =>
    tf.grads((...args) =>
      tf.addN(
        list(f(...args)).map((y) =>
          tf.sum(
            tf.mul(
              y,
              tf.tensor(
                Float32Array.from({ length: y.size }, (_, i) => Math.cos(i)),
                y.shape,
              ),
            ),
          ),
        ),
      ),
    )(xs),
  );
  backend.readSync = readSync;
  for (const x of xs) x.dispose();
  return { values, gradients, kernels: [...kernels], reads };
}

/**
 * `null` for a right result, else a description of the error. The tolerance covers all gradients
 * together, since gradients much smaller than others may be noise.
 */
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
