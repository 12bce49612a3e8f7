import { BlurPool } from '@ds/layers';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { toOnnx } from '../../src/index.js';
import { expectExported } from '../expect-exported.js';
import { stirred } from '../stirred.js';

beforeAll(() => tf.setBackend('cpu'));

const { layers } = tf;
type Make = () => tf.layers.Layer;

/** Layers on an image of 7×8 pixels and 3 channels. */
const ON_IMAGES: Record<string, Make> = {
  'Conv2D, same': () =>
    layers.conv2d({ filters: 4, kernelSize: [3, 2], strides: [2, 1], padding: 'same' }),
  'Conv2D, valid, dilated, relu': () =>
    layers.conv2d({ filters: 4, kernelSize: 3, dilationRate: [2, 1], activation: 'relu' }),
  'Conv2D, 1×1': () => layers.conv2d({ filters: 5, kernelSize: 1, activation: 'tanh' }),
  'Conv2D, 5×5 with strides 3': () =>
    layers.conv2d({ filters: 2, kernelSize: 5, strides: 3, padding: 'same', useBias: false }),
  DepthwiseConv2D: () =>
    layers.depthwiseConv2d({
      kernelSize: 3,
      depthMultiplier: 2,
      strides: 2,
      padding: 'same',
      activation: 'relu6',
    }),
  SeparableConv2D: () =>
    layers.separableConv2d({ filters: 4, kernelSize: 3, depthMultiplier: 2, padding: 'same' }),
  'Dense on images': () => layers.dense({ units: 4, activation: 'sigmoid' }),
  BatchNormalization: () => layers.batchNormalization({}),
  'BatchNormalization without scale': () =>
    layers.batchNormalization({ scale: false, center: false, epsilon: 0.1 }),
  'MaxPooling2D, same': () =>
    layers.maxPooling2d({ poolSize: [3, 2], strides: 2, padding: 'same' }),
  'MaxPooling2D, valid': () => layers.maxPooling2d({ poolSize: 2 }),
  'AveragePooling2D, same': () =>
    layers.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
  GlobalMaxPooling2D: () => layers.globalMaxPooling2d({}),
  GlobalAveragePooling2D: () => layers.globalAveragePooling2d({}),
  ZeroPadding2D: () =>
    layers.zeroPadding2d({
      padding: [
        [1, 2],
        [0, 3],
      ],
    }),
  Cropping2D: () =>
    layers.cropping2D({
      cropping: [
        [1, 2],
        [0, 3],
      ],
    }),
  'UpSampling2D, nearest': () => layers.upSampling2d({ size: [2, 3] }),
  'UpSampling2D, bilinear': () => layers.upSampling2d({ size: [2, 3], interpolation: 'bilinear' }),
  Flatten: () => layers.flatten(),
  'Flatten, channels first': () => layers.flatten({ dataFormat: 'channelsFirst' }),
  Reshape: () => layers.reshape({ targetShape: [14, -1] }),
  Permute: () => layers.permute({ dims: [3, 1, 2] }),
  Dropout: () => layers.dropout({ rate: 0.5 }),
  GaussianNoise: () => layers.gaussianNoise({ stddev: 1 }),
  PReLU: () => layers.prelu({}),
  'PReLU, shared axes': () => layers.prelu({ sharedAxes: [1, 2] }),
  ELU: () => layers.elu({}),
  LeakyReLU: () => layers.leakyReLU({ alpha: 0.2 }),
  ReLU: () => layers.reLU({}),
  'ReLU up to 6': () => layers.reLU({ maxValue: 6 }),
  'ReLU up to 0.5': () => layers.reLU({ maxValue: 0.5 }),
  Softmax: () => layers.softmax({ axis: -1 }),
};

for (const name of [
  'linear',
  'relu',
  'relu6',
  'sigmoid',
  'hardSigmoid',
  'tanh',
  'elu',
  'selu',
  'softplus',
  'softsign',
  'softmax',
  'logSoftmax',
  'swish',
  'mish',
  'gelu',
] as const) {
  ON_IMAGES[`Activation, ${name}`] = () =>
    layers.activation({
      activation: name as Parameters<typeof layers.activation>[0]['activation'],
    });
}

describe('an exported layer equals the layer', () => {
  it.each(Object.entries(ON_IMAGES))('%s', async (_name, make) => {
    const input = tf.input({ name: 'image', shape: [7, 8, 3] });
    const output = make().apply(input) as tf.SymbolicTensor;
    await expectExported(stirred(tf.model({ inputs: input, outputs: output })));
  });

  it.each<[string, Make]>([
    ['Dense', () => layers.dense({ units: 3, activation: 'softmax' })],
    ['Dense without bias', () => layers.dense({ units: 3, useBias: false })],
    ['BatchNormalization', () => layers.batchNormalization({})],
  ])('%s on vectors', async (_name, make) => {
    const input = tf.input({ name: 'vector', shape: [5] });
    const output = make().apply(input) as tf.SymbolicTensor;
    await expectExported(stirred(tf.model({ inputs: input, outputs: output })));
  });

  it.each<[string, Make]>([
    ['GlobalAveragePooling1D', () => layers.globalAveragePooling1d({})],
    ['GlobalMaxPooling1D', () => layers.globalMaxPooling1d({})],
    [
      'Conv1D, same',
      () => layers.conv1d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same' }),
    ],
    [
      'Conv1D, valid, dilated, relu',
      () => layers.conv1d({ filters: 3, kernelSize: 2, dilationRate: 2, activation: 'relu' }),
    ],
    ['MaxPooling1D, same', () => layers.maxPooling1d({ poolSize: 3, strides: 2, padding: 'same' })],
    ['AveragePooling1D', () => layers.averagePooling1d({ poolSize: 2 })],
    ['TimeDistributed', () => layers.timeDistributed({ layer: layers.dense({ units: 3 }) })],
    ['SimpleRNN', () => layers.simpleRNN({ units: 3, returnSequences: true })],
    ['LSTM', () => layers.lstm({ units: 3, returnSequences: true, goBackwards: true })],
    ['LSTM, last step', () => layers.lstm({ units: 4, activation: 'relu', useBias: false })],
    ['GRU', () => layers.gru({ units: 3, recurrentActivation: 'sigmoid' })],
    ['Dense', () => layers.dense({ units: 3 })],
    ['BatchNormalization', () => layers.batchNormalization({})],
  ])('%s on sequences', async (_name, make) => {
    const input = tf.input({ name: 'sequence', shape: [4, 5] });
    const output = make().apply(input) as tf.SymbolicTensor;
    await expectExported(stirred(tf.model({ inputs: input, outputs: output })));
  });

  it.each<[string, Make]>([
    ['Add', () => layers.add()],
    ['Multiply', () => layers.multiply()],
    ['Average', () => layers.average()],
    ['Maximum', () => layers.maximum()],
    ['Minimum', () => layers.minimum()],
    ['Concatenate', () => layers.concatenate({})],
    ['Concatenate along the height', () => layers.concatenate({ axis: 1 })],
  ])('%s', async (_name, make) => {
    const inputs = ['a', 'b', 'c'].map((name) => tf.input({ name, shape: [3, 4, 2] }));
    // The first branch has its channels first in the ONNX file, and the others have them last.
    const first = layers.maxPooling2d({ poolSize: 1 }).apply(inputs[0]!) as tf.SymbolicTensor;
    const outputs = make().apply([first, ...inputs.slice(1)]) as tf.SymbolicTensor;
    await expectExported(tf.model({ inputs, outputs }));
  });

  it.each<[string, Make]>([
    ['MaxPooling2D', () => layers.maxPooling2d({ dataFormat: 'channelsFirst' })],
    [
      'GlobalAveragePooling2D',
      () => layers.globalAveragePooling2d({ dataFormat: 'channelsFirst' }),
    ],
    ['ZeroPadding2D', () => layers.zeroPadding2d({ dataFormat: 'channelsFirst' })],
    [
      'Conv2D',
      () =>
        layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same', dataFormat: 'channelsFirst' }),
    ],
    [
      'Conv2D, softmax over the width,',
      () =>
        layers.conv2d({
          filters: 2,
          kernelSize: 3,
          activation: 'softmax',
          dataFormat: 'channelsFirst',
        }),
    ],
    [
      'DepthwiseConv2D, logSoftmax over the width,',
      () =>
        layers.depthwiseConv2d({
          kernelSize: 3,
          activation: 'logSoftmax' as 'softmax',
          dataFormat: 'channelsFirst',
        }),
    ],
  ])('%s with channels first', async (_name, make) => {
    const input = tf.input({ name: 'image', shape: [3, 7, 8] });
    const output = make().apply(input) as tf.SymbolicTensor;
    await expectExported(stirred(tf.model({ inputs: input, outputs: output })));
  });

  it('a network of sequences, with its states as outputs', async () => {
    const input = tf.input({ name: 'sequence', shape: [9, 2] });
    const convolution = { filters: 3, kernelSize: 3, activation: 'relu' } as const;
    const once = layers.conv1d(convolution).apply(input);
    const twice = layers.conv1d(convolution).apply(layers.maxPooling1d({ strides: 1 }).apply(once));
    const recurrent = layers.lstm({ units: 2, returnSequences: true, returnState: true });
    const outputs = recurrent.apply(twice) as tf.SymbolicTensor[];
    await expectExported(stirred(tf.model({ inputs: input, outputs })));
  });

  it('a model in each time step', async () => {
    const convolution = { filters: 3, kernelSize: 3, activation: 'relu' } as const;
    const inner = tf.sequential({
      layers: [
        layers.conv2d({ ...convolution, inputShape: [6, 5, 2] }),
        layers.globalMaxPooling2d({}),
      ],
    });
    const input = tf.input({ name: 'frames', shape: [4, 6, 5, 2] });
    const each = layers.timeDistributed({ name: 'each', layer: inner as tf.layers.Layer });
    const outputs = each.apply(input) as tf.SymbolicTensor;
    await expectExported(stirred(tf.model({ inputs: input, outputs })));
  });
});

it.each<[string, Make, string]>([
  [
    'Conv1D',
    () => layers.conv1d({ name: 'it', filters: 2, kernelSize: 1, dataFormat: 'channelsFirst' }),
    "toOnnx: layer 'it' (Conv1D) must have dataFormat 'channelsLast', got",
  ],
  [
    'LSTM',
    () => layers.lstm({ name: 'it', units: 2, stateful: true }),
    "toOnnx: layer 'it' (LSTM) must not be stateful, got true",
  ],
])('a %s that no format can hold is an error', (_name, make, message) => {
  const input = tf.input({ batchShape: [1, 4, 4] });
  const outputs = make().apply(input) as tf.SymbolicTensor;
  expect(() => toOnnx(tf.model({ inputs: input, outputs }))).toThrow(message);
});

it('logSoftmax is finite where the softmax underflows', async () => {
  const input = tf.input({ name: 'vector', shape: [5] });
  const scaled = layers.dense({ units: 5, useBias: false }).apply(input) as tf.SymbolicTensor;
  const output = layers.activation({ activation: 'logSoftmax' as 'softmax' }).apply(scaled);
  const model = tf.model({ inputs: input, outputs: output as tf.SymbolicTensor });
  model.layers[1]!.setWeights([tf.mul(tf.eye(5), 300)]);
  await expectExported(model);
});

it('a shared blur takes images with other channels', async () => {
  const inputs = [3, 4].map((channels, i) => tf.input({ name: `x${i}`, shape: [6, 5, channels] }));
  const blur = new BlurPool({ strides: 2 });
  const outputs = inputs.map((input) => blur.apply(input) as tf.SymbolicTensor);
  await expectExported(tf.model({ inputs, outputs }));
});
