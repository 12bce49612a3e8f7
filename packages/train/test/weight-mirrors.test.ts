import { DiffStride } from '@ds/layers';
import { unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { constant, type LabelledBatch, sgd, train } from '../src/index.js';

/**
 * Milliseconds until a value is on the host. With 0 it is there in the same turn of the event loop.
 */
let delay: (read: number) => number = () => 0;
let reads = 0;

/** A backend that `train` takes for a device's. A test decides how slow its reads are. */
class DeviceBackend extends MathBackendCPU {
  override async read(id: object) {
    // The copy has the values of this moment, not those of later work.
    const values = (await super.read(id)).slice() as Float32Array;
    const wait = delay(reads++);
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    return values;
  }
}

const STEPS = 8;

function* batches(): Generator<LabelledBatch> {
  for (let step = 0; step < STEPS; step++) {
    yield tf.tidy(() => ({
      images: unitTensor(step + 1, [2, 12, 12, 2]),
      labels: tf.oneHot(tf.tensor1d([0, 1], 'int32'), 2) as tf.Tensor2D,
    }));
  }
}

/** A pooling and a model around it. If `isNested`, the pooling is in a model of its own. */
function network(isNested: boolean): { model: tf.LayersModel; pooling: DiffStride } {
  const input = tf.input({ shape: [12, 12, 2] });
  const pooling = new DiffStride({ smoothness: 1, strides: [1.5, 1.5], inputShape: [12, 12, 2] });
  const pooled = (isNested ? tf.sequential({ layers: [pooling] }) : pooling).apply(input);
  const bent = tf.layers.reLU().apply(pooled) as tf.SymbolicTensor;
  const logits = tf.layers
    .dense({ units: 2, kernelInitializer: tf.initializers.heNormal({ seed: 3 }) })
    .apply(tf.layers.globalAveragePooling2d({}).apply(bent)) as tf.SymbolicTensor;
  return { pooling, model: tf.model({ inputs: input, outputs: logits }) };
}

/** The losses of all steps, and the number of rows that the pooling put out in each. */
async function run(sizeLag: 0 | 1, wait: (read: number) => number, isNested = false) {
  delay = wait;
  reads = 0;
  const { model, pooling } = network(isNested);
  const losses: number[] = [];
  const rows: number[] = [];
  const call = pooling.call.bind(pooling);
  pooling.call = (inputs) => {
    const y = call(inputs);
    rows.push(y.shape[1]!);
    return y;
  };
  await train(model, {
    batches,
    epochs: 1,
    optimizer: sgd(),
    // The rate is large, so that strides move and sizes change within the steps.
    schedule: constant(4),
    sizeLag,
    readEvery: STEPS,
    onEvent: (event) => {
      if (event.type === 'step') losses.push(event.loss);
    },
  });
  model.dispose();
  return { losses, rows };
}

describe('strides on the host, on a device', () => {
  beforeAll(async () => {
    tf.registerBackend('device', () => new DeviceBackend());
    tf.copyRegisteredKernels('cpu', 'device');
    await tf.setBackend('device');
  });
  afterAll(() => tf.removeBackend('device'));

  it('decide the same sizes however soon a copy is there', async () => {
    const soon = await run(1, () => 0);
    const late = await run(1, () => 30);
    const both = await run(1, (read) => (read % 3 === 0 ? 30 : 0));
    expect(soon.losses).toHaveLength(STEPS);
    expect(late).toEqual(soon);
    expect(both).toEqual(soon);
  });

  it('are those of nested models too', async () => {
    const flat = await run(1, () => 0);
    expect(await run(1, () => 0, true)).toEqual(flat);
  });

  it('are one step old with a lag of 1, and of the step itself with 0', async () => {
    const now = await run(0, () => 0);
    const old = await run(1, () => 0);
    // Without a change of sizes the test would show nothing.
    expect(new Set(now.rows).size).toBeGreaterThan(1);
    expect(old.rows).not.toEqual(now.rows);
    // The first two steps have the initial strides, and the third has those after the first update.
    expect(old.rows.slice(0, 2)).toEqual([now.rows[0], now.rows[0]]);
    expect(old.rows[2]).toBe(now.rows[1]);
  });
});
