import { useBackend } from '@ds/backend';
import { DiffStride } from '@ds/layers';
import { strideVariables } from '@ds/models';
import { unitTensor } from '@ds/testing';
import { lacksWebGpu } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { constant, type LabelledBatch, sgd, type TrainOptions, train } from '../src/index.js';
import { residualNetwork } from './residual-network.js';

function* batches(_epoch = 0, count = 6): Generator<LabelledBatch> {
  for (let batch = 0; batch < count; batch++) {
    yield tf.tidy(() => ({
      images: unitTensor(batch + 1, [2, 8, 8, 3]),
      labels: tf.oneHot(tf.tensor1d([0, 1], 'int32'), 2) as tf.Tensor2D,
    }));
  }
}

/** A tenth of ResNet-18's dispatches, with two poolings whose strides learn. */
const small = () =>
  residualNetwork(
    [8, 8, 3],
    [1.5, 2].map((stride) => new DiffStride({ strides: [stride, stride], smoothness: 1 })),
  );

const options = (more: Partial<TrainOptions> = {}): TrainOptions => ({
  batches,
  epochs: 1,
  optimizer: sgd({ momentum: 0.9 }),
  // Large, so that strides move and sizes change within the six steps.
  schedule: constant(0.5),
  groups: [{ matches: ({ name }) => !name.includes('strides'), learningRateScale: 0.01 }],
  ...more,
});

/** The losses of every step, and the strides they end with. */
async function run(model: tf.LayersModel, more: Partial<TrainOptions> = {}) {
  const losses: number[] = [];
  await train(
    model,
    options({
      ...more,
      onEvent: (event) => {
        if (event.type === 'step') losses.push(event.loss);
      },
    }),
  );
  const strides = strideVariables(model).flatMap((one) => one.strides);
  model.dispose();
  return { losses, strides };
}

describe.skipIf(lacksWebGpu)('training on WebGPU', () => {
  it('gives the numbers of wasm when sizes are taken from the strides of each step', async () => {
    await useBackend('wasm');
    const want = await run(small());
    await useBackend('webgpu');
    const got = await run(small(), { sizeLag: 0 });
    expect(got.losses).toHaveLength(6);
    got.losses.forEach((loss, step) => {
      expect(Math.abs(loss - want.losses[step]!)).toBeLessThan(2e-3 * want.losses[step]!);
    });
    got.strides.forEach((stride, at) => {
      expect(stride).toBeCloseTo(want.strides[at]!, 2);
    });
    // They moved, or this would show little.
    expect(
      Math.max(...want.strides.map((s, i) => Math.abs(s - [1.5, 1.5, 2, 2][i]!))),
    ).toBeGreaterThan(0.05);
  });

  it('overlaps the copy of the strides by default, whatever the machine’s speed', async () => {
    await useBackend('webgpu');
    const [first, second] = [await run(small()), await run(small())];
    expect(first.losses.every(Number.isFinite)).toBe(true);
    expect(second).toEqual(first);
  });

  it('reads nothing back but the strides, once a step, and losses, once an interval', async () => {
    await useBackend('webgpu');
    const model = small();
    const backend = tf.backend() as unknown as {
      tensorMap: { get(id: object): { values: unknown } };
      readSync(id: object): unknown;
      read(id: object): Promise<unknown>;
    };
    const { readSync, read } = backend;
    let stalls = 0;
    let copies = 0;
    const isOnDevice = (id: object) => backend.tensorMap.get(id).values == null;
    backend.readSync = function (id) {
      if (isOnDevice(id)) stalls += 1;
      return readSync.call(this, id);
    };
    backend.read = function (id) {
      if (isOnDevice(id)) copies += 1;
      return read.call(this, id);
    };
    try {
      await train(model, options({ readEvery: 3 }));
    } finally {
      backend.readSync = readSync;
      backend.read = read;
    }
    expect(stalls).toBe(0);
    // Strides after each of six steps, those before the first being on the host still; losses
    // twice; and whether the weights are finite at the end of the epoch.
    expect(copies).toBe(6 + 2 + 1);
    model.dispose();
  });

  it('neither grows nor compiles again from step to step', async () => {
    await useBackend('webgpu');
    const model = small();
    const backend = tf.backend() as unknown as { pipelineCache: object };
    const seen: { tensors: number; bytes: number; programs: number }[] = [];
    await train(
      model,
      options({
        batches: (epoch) => batches(epoch, 2),
        epochs: 3,
        // Strides stay, and so do sizes.
        schedule: constant(0),
        onEvent: (event) => {
          if (event.type !== 'epoch') return;
          const { numTensors, numBytesAllocatedInGPU } = tf.memory() as tf.MemoryInfo & {
            numBytesAllocatedInGPU: number;
          };
          seen.push({
            tensors: numTensors,
            bytes: numBytesAllocatedInGPU,
            programs: Object.keys(backend.pipelineCache).length,
          });
        },
      }),
    );
    expect(seen[2]).toEqual(seen[1]);
    model.dispose();
  });

  describe('with activations in half precision', () => {
    /**
     * Losses, and the device's bytes that the last forward pass leaves behind for the gradients.
     */
    async function learn(activations: 'float32' | 'float16', steps: number) {
      const model = residualNetwork([16, 16, 4], [new DiffStride({ strides: [2, 2] })]);
      const optimizer = sgd({ momentum: 0.9 });
      const { bufferManager } = tf.backend() as unknown as {
        bufferManager: { numBytesUsed: number };
      };
      const losses: number[] = [];
      let before = 0;
      let kept = 0;
      await train(model, {
        activations,
        optimizer,
        epochs: 1,
        schedule: constant(0.2),
        readEvery: 1,
        sizeLag: 0,
        batches: async function* () {
          for (let batch = 0; batch < steps; batch++) {
            // What was given back is back when all that was recorded has been submitted.
            const mark = tf.tidy(() => tf.sum(tf.mul(tf.ones([4096]), 2)));
            await mark.data();
            mark.dispose();
            before = bufferManager.numBytesUsed;
            yield tf.tidy(() => ({
              images: unitTensor(batch + 1, [8, 16, 16, 4]),
              labels: tf.oneHot(tf.tensor1d([0, 1, 0, 1, 1, 0, 1, 0], 'int32'), 2) as tf.Tensor2D,
            }));
          }
        },
        // Asked for when the model has run, and nothing of the gradients yet.
        penalty: () => {
          kept = bufferManager.numBytesUsed - before;
          return tf.scalar(0);
        },
        onEvent: (event) => {
          if (event.type === 'step') losses.push(event.loss);
        },
      });
      model.dispose();
      optimizer.dispose();
      return { losses, kept };
    }

    it('learns alike in little more than half of the memory', async () => {
      await useBackend('webgpu');
      const whole = await learn('float32', 4);
      const half = await learn('float16', 4);
      expect(half.losses[0]).toBe(whole.losses[0]);
      half.losses.forEach((loss, step) => {
        expect(Math.abs(loss - whole.losses[step]!)).toBeLessThan(2e-3 * whole.losses[step]!);
      });
      // Gradients were found from rounded activations.
      expect(half.losses[3]).not.toBe(whole.losses[3]);
      expect(half.kept / whole.kept).toBeLessThan(0.6);
    });

    it('leaves nothing behind', async () => {
      await useBackend('webgpu');
      await learn('float16', 2);
      const before = [tf.memory().numTensors, tf.backend().numDataIds()];
      await learn('float16', 2);
      expect([tf.memory().numTensors, tf.backend().numDataIds()]).toEqual(before);
    });
  });
});

describe('activations in half precision', () => {
  it.each(['cpu', 'wasm'] as const)('are refused where there are none: %s', async (backend) => {
    await useBackend(backend);
    const model = small();
    await expect(train(model, options({ activations: 'float16' }))).rejects.toThrow(
      `activations must be 'float32' on backend '${backend}'`,
    );
    await expect(
      train(model, options({ activations: 'half' as unknown as 'float16' })),
    ).rejects.toThrow("activations must be 'float32' or 'float16', got \"half\"");
    model.dispose();
  });
});
