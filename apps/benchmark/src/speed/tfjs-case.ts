import { Kernel } from '@ds/kernels';
import { blurPool, DiffStride, refreshStrides, resample, spectralPool } from '@ds/layers';
import { resnet18 } from '@ds/models';
import { crossEntropy, sgd } from '@ds/train';
import * as tf from '@tensorflow/tfjs';
import type { Shape, SpeedCase } from './cases.js';

/** tfjs's two gradients of a convolution. */
const inputGradient = new Kernel<Record<'dy' | 'filter', tf.Tensor>, object, tf.Tensor>(
  tf.Conv2DBackpropInput,
);
const filterGradient = new Kernel<Record<'x' | 'dy', tf.Tensor>, object, tf.Tensor>(
  tf.Conv2DBackpropFilter,
);

/** A prepared case: a function that runs it once, and one that disposes of its tensors. */
export interface ReadyCase {
  run(): void | Promise<void>;
  dispose(): void;
}

/** Prepares a case on the current tfjs backend. Equal seeds give equal inputs. */
export function readyTfjsCase(speedCase: SpeedCase): ReadyCase {
  switch (speedCase.kind) {
    case 'resample': {
      const [, height, width] = speedCase.shape;
      const inputs = [
        noise(speedCase.shape, 1),
        noise([speedCase.size[0], height], 2),
        noise([speedCase.size[1], width], 3),
      ];
      const [x, rows, columns] = inputs as [tf.Tensor4D, tf.Tensor2D, tf.Tensor2D];
      const pool = (image: tf.Tensor, left: tf.Tensor = rows, right: tf.Tensor = columns) =>
        resample(image as tf.Tensor4D, left as tf.Tensor2D, right as tf.Tensor2D);
      const dy = onesLike(pool(x));
      const gradients = tf.grads(pool);
      const variables = speedCase.gradients === 'all' ? inputs : [x];
      return ready([...inputs, dy], () => gradients(variables, dy));
    }
    case 'spectral': {
      const x = noise(speedCase.shape, 1);
      const pool = (image: tf.Tensor) => spectralPool(image as tf.Tensor4D, speedCase.strides);
      const dy = onesLike(pool(x));
      const gradient = tf.grad(pool);
      return ready([x, dy], () => gradient(x, dy));
    }
    case 'diffstride': {
      const { strides, smoothness } = speedCase;
      const layer = new DiffStride({ strides, smoothness });
      const x = noise(speedCase.shape, 1);
      const dy = onesLike(layer.apply(x) as tf.Tensor);
      const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
      // One backward pass computes the gradients of image and strides.
      const both = () => {
        const pool = () => layer.apply(x) as tf.Tensor;
        const { value, grads } = tf.engine().gradients(pool, [x, ...variables], dy);
        return [value, ...grads];
      };
      return ready([x, dy], both, () => layer.dispose());
    }
    case 'convolution':
      return convolution(speedCase);
    case 'blur': {
      const x = noise(speedCase.shape, 1);
      const pool = (image: tf.Tensor) => blurPool(image as tf.Tensor4D, speedCase.stride);
      const dy = onesLike(pool(x));
      const gradient = tf.grad(pool);
      return ready([x, dy], () => gradient(x, dy));
    }
    case 'step':
      return trainingStep(speedCase);
  }
}

/** An incoming gradient of ones in the shape of the result y. Disposes of y. */
function onesLike(y: tf.Tensor): tf.Tensor {
  const dy = tf.onesLike(y);
  y.dispose();
  return dy;
}

function ready(
  inputs: tf.Tensor[],
  run: () => tf.TensorContainer,
  release: () => void = () => {},
): ReadyCase {
  return {
    run: () => {
      // Do not read the result: a read copies. On the host, the work is done when the call
      // returns; on a device, the worker waits for its queue.
      tf.dispose(tf.tidy(run));
    },
    dispose: () => {
      tf.dispose(inputs);
      release();
    },
  };
}

function convolution({
  pass,
  shape,
  filters,
  kernel,
  stride,
}: Extract<SpeedCase, { kind: 'convolution' }>): ReadyCase {
  const [n, h, w, c] = shape;
  const x = noise(shape, 1) as tf.Tensor4D;
  const filter = noise([kernel, kernel, c, filters], 2) as tf.Tensor4D;
  const out: Shape = [n, Math.ceil(h / stride), Math.ceil(w / stride), filters];
  const dy = noise(out, 3);
  const attrs = {
    strides: stride,
    pad: 'same',
    dataFormat: 'NHWC',
  };
  const runs = {
    forward: () => tf.conv2d(x, filter, stride, 'same'),
    input: () => inputGradient.run({ dy, filter }, { ...attrs, inputShape: shape }),
    filter: () => filterGradient.run({ x, dy }, { ...attrs, filterShape: filter.shape }),
  };
  return ready([x, filter, dy], runs[pass]);
}

/** The model, data and optimiser state of a training step. */
export function trainingParts({
  pooling,
  width,
  batch,
}: Pick<Extract<SpeedCase, { kind: 'step' }>, 'pooling' | 'width' | 'batch'>) {
  const model = resnet18({
    inputShape: [32, 32, 3],
    classes: 10,
    width,
    pooling,
    strides: [1, 1, 3, 1, 3],
    poolingConfig: pooling === 'diffstride' ? { smoothness: 1, norm: 'forward' } : {},
    seed: 1,
  });
  const images = noise([batch, 32, 32, 3], 1);
  const labels = tf.tidy(() =>
    tf.oneHot(tf.range(0, batch, 1, 'int32').mod(tf.scalar(10, 'int32')), 10).toFloat(),
  ) as tf.Tensor2D;
  return { model, images, labels, optimizer: sgd({ momentum: 0.9 }) };
}

/** One training step: forward, backward and SGD with momentum, as in `@ds/train`. */
function trainingStep(speedCase: Extract<SpeedCase, { kind: 'step' }>): ReadyCase {
  const { model, images, labels, optimizer } = trainingParts(speedCase);
  const weights = model.trainableWeights;
  const variables = weights.map((weight) => weight.read() as tf.Variable);
  const step = () =>
    tf.tidy(() => {
      const { value, grads } = tf.variableGrads(
        () => crossEntropy(model.apply(images, { training: true }) as tf.Tensor2D, labels),
        variables,
      );
      const updates = variables.map((variable) => ({
        name: variable.name,
        value: variable,
        gradient: grads[variable.name]!,
        learningRate: 1e-3,
      }));
      optimizer.step(updates).forEach((next, i) => {
        weights[i]!.write(next);
      });
      if (!isDevice) value.dataSync();
    });
  // On a device, the copy of the strides overlaps with the step, as in `train`.
  const isDevice = tf.getBackend() === 'webgpu';
  const copies: Promise<void>[] = [];
  const onDevice = async () => {
    if (copies.length > 1) await copies.shift();
    step();
    copies.push(refreshStrides(model));
  };
  return {
    run: isDevice ? onDevice : step,
    dispose: () => {
      optimizer.dispose();
      model.dispose();
      tf.dispose([images, labels]);
    },
  };
}

function noise(shape: number[], seed: number): tf.Tensor {
  return tf.randomNormal(shape, 0, 1, 'float32', seed);
}
