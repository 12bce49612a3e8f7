import { BlurPool, DiffStride } from '@ds/layers';
import { audioCnn, freezeStrides, resnet18, resnet56 } from '@ds/models';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, it } from 'vitest';
import { expectExported } from './expect-exported.js';
import { stirred } from './stirred.js';

beforeAll(() => tf.setBackend('cpu'));

const { layers } = tf;
const LEARNED = { pooling: 'diffstride', poolingConfig: { smoothness: 2 } };

/** A small MobileNetV2 (Sandler et al. 2018): expansion, depthwise convolution and addition. */
function mobile(): tf.LayersModel {
  const convolution = (x: tf.SymbolicTensor, filters: number, kernelSize: number) => {
    const y = layers.conv2d({ filters, kernelSize, padding: 'same', useBias: false }).apply(x);
    return layers.batchNormalization({}).apply(y) as tf.SymbolicTensor;
  };
  const relu6 = (x: tf.SymbolicTensor) =>
    layers.reLU({ maxValue: 6 }).apply(x) as tf.SymbolicTensor;
  const bottleneck = (x: tf.SymbolicTensor, filters: number, strides: number) => {
    const wide = relu6(convolution(x, 3 * x.shape[3]!, 1));
    const padding: [[number, number], [number, number]] = [
      [0, 1],
      [0, 1],
    ];
    const padded = strides === 1 ? wide : layers.zeroPadding2d({ padding }).apply(wide);
    const each = layers
      .depthwiseConv2d({
        kernelSize: 3,
        strides,
        padding: strides === 1 ? 'same' : 'valid',
        useBias: false,
      })
      .apply(padded) as tf.SymbolicTensor;
    const normal = relu6(layers.batchNormalization({}).apply(each) as tf.SymbolicTensor);
    const narrow = convolution(normal, filters, 1);
    if (strides > 1 || filters !== x.shape[3]) return narrow;
    return layers.add().apply([x, narrow]) as tf.SymbolicTensor;
  };
  const input = tf.input({ name: 'image', shape: [16, 16, 3] });
  let x = relu6(convolution(input, 4, 3));
  x = bottleneck(bottleneck(bottleneck(x, 4, 1), 6, 2), 6, 1);
  const mean = layers.globalAveragePooling2d({}).apply(relu6(convolution(x, 8, 1)));
  const output = layers.dense({ units: 5, activation: 'softmax' }).apply(mean);
  return tf.model({ inputs: input, outputs: output as tf.SymbolicTensor });
}

/** A nested model that is applied to two inputs, and two outputs. */
function siamese(): tf.LayersModel {
  const trunk = tf.sequential({
    name: 'trunk',
    layers: [
      layers.conv2d({ filters: 3, kernelSize: 3, inputShape: [9, 8, 2], activation: 'relu' }),
      new DiffStride({ smoothness: 1 }),
      layers.globalMaxPooling2d({}),
    ],
  });
  const inputs = ['left', 'right'].map((name) => tf.input({ name, shape: [9, 8, 2] }));
  const [left, right] = inputs.map((input) => trunk.apply(input) as tf.SymbolicTensor);
  const head = layers.dense({ name: 'head', units: 2 });
  const both = layers.concatenate().apply([left!, right!]) as tf.SymbolicTensor;
  const outputs = [head.apply(left!), head.apply(right!), layers.dense({ units: 3 }).apply(both)];
  return tf.model({ inputs, outputs: outputs as tf.SymbolicTensor[] });
}

describe('an exported model equals the model', () => {
  it('ResNet-18 with a stem for large images', async () => {
    const options = { inputShape: [32, 30, 3] as [number, number, number], classes: 3, width: 4 };
    const variant = 'original' as const;
    await expectExported(
      stirred(resnet18({ ...options, ...LEARNED, variant, stem: 'imagenet', seed: 2 })),
    );
  });

  it('ResNet-18 of PyTorch: symmetric padding and an anti-aliased stem', async () => {
    const options = { inputShape: [32, 30, 3] as [number, number, number], classes: 3, width: 4 };
    const variant = 'original' as const;
    const strides = [2, 1, 2, 2, 2];
    const poolings = { pooling: 'blur', padding: 'symmetric' as const, strides };
    await expectExported(
      stirred(resnet18({ ...options, ...poolings, variant, stem: 'antialiased', seed: 2 })),
    );
  });

  it('ResNet-56', async () => {
    const options = { inputShape: [9, 10, 3] as [number, number, number], classes: 3, width: 2 };
    await expectExported(stirred(resnet56({ ...options, ...LEARNED, seed: 2 })));
  });

  it.each(['conv', 'diffstride'])('the audio network with %s', async (pooling) => {
    const poolingConfig = pooling === 'conv' ? {} : LEARNED.poolingConfig;
    const model = audioCnn({
      inputShape: [20, 12, 1],
      tasks: { word: 4, speaker: 3 },
      widths: [4, 6],
      pooling,
      poolingConfig,
      strides: [[2, 1], 2],
      seed: 2,
    });
    await expectExported(stirred(model));
  });

  it('MobileNetV2', () => expectExported(stirred(mobile())));

  it('a model with nested and shared layers, two inputs and three outputs', () =>
    expectExported(stirred(siamese())));

  it.each([false, true])('a frozen ResNet-18, with round: %s', async (round) => {
    const inputShape: [number, number, number] = [13, 12, 3];
    const model = stirred(resnet18({ inputShape, classes: 3, width: 4, ...LEARNED, seed: 2 }));
    await expectExported(freezeStrides(model, inputShape, { round }));
  });

  it('a model of any size, at a given size', async () => {
    const model = tf.sequential({
      layers: [
        layers.conv2d({ filters: 3, kernelSize: 3, inputShape: [null, null, 2] }),
        new BlurPool(),
        layers.globalAveragePooling2d({}),
      ],
    });
    await expectExported(stirred(model), { inputShape: [9, 11, 2] });
  });

  it('a ResNet-18 with float16, to 2⁻⁹ of the largest output', async () => {
    const inputShape: [number, number, number] = [12, 12, 3];
    const model = stirred(resnet18({ inputShape, classes: 3, width: 4, ...LEARNED, seed: 2 }));
    await expectExported(model, { float16: true, tolerance: 2 ** -9 });
  });
});
