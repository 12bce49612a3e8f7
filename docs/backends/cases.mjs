import { Spectrogram } from '@ds/data/audio';
import { spectrogram } from '@ds/data/mel-layer';
import { dct, idct2d, irfft, irfft2d, irfftn, rfft, rfft2d, rfftn } from '@ds/fft';
import {
  apsPool,
  apsPool1d,
  apsPool3d,
  asapPool,
  avgBlurPool,
  blurPool,
  blurPool1d,
  blurPool3d,
  blurUpsample,
  dctDiffStride,
  dctPool,
  diffStride,
  diffStride1d,
  diffStride3d,
  flcPool,
  flcPool1d,
  flcPool3d,
  fractionalAvgPool,
  fractionalAvgPool3d,
  fractionalMaxPool,
  fractionalMaxPool1d,
  fractionalUnpool,
  interpolatedUpsample,
  lpsPool,
  maxBlurPool,
  maxBlurPool3d,
  padImage,
  polynomialActivation,
  polyphaseUpsample,
  resample,
  spectralPool,
  spectralPool1d,
  spectralPool3d,
  spectralUpsample,
  tipsPool,
  upsampledRelu,
} from '@ds/layers/ops';
import {
  adaptiveSpanAttention,
  adaptiveSpanMask,
  gaussianMask,
  horizontalMask,
  sigmoidMask,
  verticalMask,
} from '@ds/masks';
import { resnet18 } from '@ds/models';
import { strideComplexity } from '@ds/regularizer';
import * as tf from '@tensorflow/tfjs';

/** Random tensors with equal values on every backend. */
const seeded = (shape, seed = 1) => tf.randomNormal(shape, 0, 1, 'float32', seed);
const image = (channels = 8) => seeded([2, 16, 12, channels]);
const sound = () => seeded([2, 16, 8]);
const volume = () => seeded([2, 6, 8, 5, 4]);

/** A mel spectrogram of a short sound. */
const MEL = new Spectrogram({ sampleRate: 8000, frameLength: 64, hopLength: 32, bands: 12 });

let network;

/**
 * The cases for every backend: a group, a name, inputs, and a function of the inputs. Its results
 * and its gradients must equal those of the cpu backend.
 */
export const CASES = [
  ['@ds/fft', 'rfft', () => [seeded([3, 15])], (x) => pair(rfft(x))],
  [
    '@ds/fft',
    'irfft',
    () => [seeded([3, 8]), seeded([3, 8], 2)],
    (real, imag) => irfft({ real, imag }),
  ],
  ['@ds/fft', 'rfft2d', () => [seeded([2, 9, 12])], (x) => pair(rfft2d(x))],
  [
    '@ds/fft',
    'irfft2d',
    () => [seeded([2, 9, 7]), seeded([2, 9, 7], 2)],
    (real, imag) => irfft2d({ real, imag }),
  ],
  ['@ds/fft', 'rfftn', () => [seeded([2, 4, 6, 5])], (x) => pair(rfftn(x))],
  [
    '@ds/fft',
    'irfftn',
    () => [seeded([2, 4, 6, 3]), seeded([2, 4, 6, 3], 2)],
    (real, imag) => irfftn({ real, imag }),
  ],
  ['@ds/fft', 'dct', () => [seeded([3, 15])], (x) => dct(x)],
  ['@ds/fft', 'idct2d', () => [seeded([2, 9, 12])], (x) => idct2d(x)],
  ['@ds/masks', 'verticalMask', () => [tf.scalar(2.3)], (s) => verticalMask(16, s, 3)],
  ['@ds/masks', 'horizontalMask', () => [tf.scalar(2.3)], (s) => horizontalMask(16, s, 3)],
  [
    '@ds/masks',
    'adaptiveSpanMask',
    () => [tf.tensor1d([3.2, 6.1])],
    (z) => adaptiveSpanMask(z, 16, 4),
  ],
  [
    '@ds/masks',
    'gaussianMask',
    () => [tf.scalar(5.4)],
    (size) => gaussianMask(tf.range(-5, 6), size),
  ],
  [
    '@ds/masks',
    'sigmoidMask',
    () => [tf.scalar(7.3)],
    (size) => sigmoidMask(tf.range(1, 17), size, { temperature: 2 }),
  ],
  [
    '@ds/masks',
    'adaptiveSpanAttention, relative positions',
    () => [
      seeded([2, 12, 4]),
      seeded([2, 12, 4], 2),
      seeded([2, 12, 4], 3),
      tf.tensor1d([3.2, 6.1]),
      seeded([12, 4], 4),
    ],
    (q, k, v, z, positions) =>
      adaptiveSpanAttention(q, k, v, z, { maxSpan: 12, smoothness: 4, positions }),
  ],
  [
    '@ds/masks',
    'adaptiveSpanAttention',
    () => [
      seeded([2, 12, 4]),
      seeded([2, 12, 4], 2),
      seeded([2, 12, 4], 3),
      tf.tensor1d([3.2, 6.1]),
    ],
    (q, k, v, z) => adaptiveSpanAttention(q, k, v, z, { maxSpan: 12, smoothness: 4 }),
  ],
  [
    '@ds/layers',
    'resample',
    () => [image(), seeded([7, 16], 2), seeded([5, 12], 3)],
    (x, rows, columns) => resample(x, rows, columns),
  ],
  [
    '@ds/layers',
    'diffStride',
    () => [image(), tf.tensor1d([2, 1.7])],
    (x, strides) => diffStride(x, strides, { smoothness: 2 }),
  ],
  [
    '@ds/layers',
    'diffStride, outputSize given',
    () => [image(), tf.tensor1d([2, 1.7])],
    (x, strides) => diffStride(x, strides, { smoothness: 2, outputSize: [10, 10] }),
  ],
  ['@ds/layers', 'spectralPool', () => [image()], (x) => spectralPool(x, [2, 1.7])],
  ['@ds/layers', 'blurPool', () => [image()], (x) => blurPool(x, 2)],
  ['@ds/layers', 'maxBlurPool', () => [image()], (x) => maxBlurPool(x, 2)],
  ['@ds/layers', 'avgBlurPool', () => [image()], (x) => avgBlurPool(x, 2)],
  [
    '@ds/layers',
    'fractionalMaxPool',
    () => [image()],
    (x) => fractionalMaxPool(x, { ratio: 1.5, seed: 1 }).output,
  ],
  [
    '@ds/layers',
    'fractionalAvgPool',
    () => [image()],
    (x) => fractionalAvgPool(x, { ratio: 1.5, seed: 1 }).output,
  ],
  ['@ds/layers', 'padImage', () => [image()], (x) => padImage(x, 1)],
  ['@ds/layers', 'flcPool', () => [image()], (x) => flcPool(x, 2)],
  ['@ds/layers', 'asapPool', () => [image()], (x) => asapPool(x, 2)],
  ['@ds/layers', 'apsPool', () => [image()], (x) => apsPool(x, 2)],
  [
    '@ds/layers',
    'lpsPool, soft',
    () => [
      image(2),
      seeded([3, 3, 2, 4], 2),
      seeded([4], 3),
      seeded([3, 3, 4, 4], 4),
      seeded([4], 5),
    ],
    (x, kernel1, bias1, kernel2, bias2) =>
      lpsPool(x, 2, { kernel1, bias1, kernel2, bias2 }, { soft: true }),
  ],
  [
    '@ds/layers',
    'diffStride, strides below 1',
    () => [image(4), tf.tensor1d([0.6, 1.5])],
    (x, strides) =>
      diffStride(x, strides, { smoothness: 2, lowerLimit: 0.5, outputSize: [27, 10] }),
  ],
  [
    '@ds/layers',
    'diffStride1d',
    () => [sound(), tf.tensor1d([1.7])],
    (x, strides) => diffStride1d(x, strides, { smoothness: 2, outputSize: [14] }),
  ],
  [
    '@ds/layers',
    'diffStride3d',
    () => [volume(), tf.tensor1d([1.3, 2, 1.2])],
    (x, strides) => diffStride3d(x, strides, { smoothness: 1, outputSize: [6, 6, 4] }),
  ],
  ['@ds/layers', 'spectralPool1d', () => [sound()], (x) => spectralPool1d(x, 1.7)],
  ['@ds/layers', 'spectralPool3d', () => [volume()], (x) => spectralPool3d(x, [1.5, 2, 1.2])],
  ['@ds/layers', 'blurPool, Kaiser', () => [image()], (x) => blurPool(x, 2, { filter: 'kaiser' })],
  ['@ds/layers', 'blurPool1d', () => [sound()], (x) => blurPool1d(x, 2)],
  ['@ds/layers', 'blurPool3d', () => [volume()], (x) => blurPool3d(x, [1, 2, 2])],
  ['@ds/layers', 'maxBlurPool3d', () => [volume()], (x) => maxBlurPool3d(x, [2, 2, 1])],
  [
    '@ds/layers',
    'fractionalMaxPool1d',
    () => [sound()],
    (x) => fractionalMaxPool1d(x, { ratio: 1.5, seed: 1 }).output,
  ],
  [
    '@ds/layers',
    'fractionalAvgPool3d',
    () => [volume()],
    (x) => fractionalAvgPool3d(x, { ratio: 1.5, seed: 1 }).output,
  ],
  ['@ds/layers', 'flcPool1d', () => [sound()], (x) => flcPool1d(x, 2)],
  ['@ds/layers', 'flcPool3d', () => [volume()], (x) => flcPool3d(x, [2, 2, 1])],
  ['@ds/layers', 'apsPool1d', () => [sound()], (x) => apsPool1d(x, 2)],
  ['@ds/layers', 'apsPool3d', () => [volume()], (x) => apsPool3d(x, [2, 2, 1])],
  ['@ds/layers', 'dctPool', () => [image()], (x) => dctPool(x, [2, 1.7])],
  [
    '@ds/layers',
    'dctDiffStride',
    () => [image(), tf.tensor1d([2, 1.7])],
    (x, strides) => dctDiffStride(x, strides, { smoothness: 2, outputSize: [10, 9] }),
  ],
  [
    '@ds/layers',
    'tipsPool',
    () => [image(2), seeded([3, 3, 2, 1], 2), seeded([2], 3)],
    (x, kernel, scale) => tipsPool(x, 2, { kernel, scale }),
  ],
  [
    '@ds/layers',
    'polynomialActivation',
    () => [image(), seeded([3, 8], 2)],
    (x, coefficients) => polynomialActivation(x, coefficients),
  ],
  ['@ds/layers', 'upsampledRelu', () => [image()], (x) => upsampledRelu(x)],
  [
    '@ds/layers',
    'spectralUpsample',
    () => [image()],
    (x) => spectralUpsample(x, { strides: [2, 1.5] }),
  ],
  ['@ds/layers', 'blurUpsample', () => [image()], (x) => blurUpsample(x, { strides: 2 })],
  [
    '@ds/layers',
    'fractionalUnpool',
    () => [seeded([2, 10, 8, 8])],
    (x) => fractionalUnpool(x, image(), { ratio: 1.5, seed: 1, kind: 'max' }),
  ],
  [
    '@ds/layers',
    'polyphaseUpsample',
    () => [seeded([2, 8, 6, 8]), seeded([2, 4], 2)],
    (x, choice) => polyphaseUpsample(x, choice),
  ],
  [
    '@ds/layers',
    'interpolatedUpsample',
    () => [image()],
    (x) => interpolatedUpsample(x, { outputSize: [23, 17] }),
  ],
  [
    '@ds/data/audio',
    'spectrogram, mel bands',
    () => [seeded([2, 400])],
    (x) => spectrogram(x, MEL),
  ],
  ...['conv', 'diffstride', 'blur'].map((pooling) => [
    '@ds/models',
    `resnet18 in training, ${pooling}`,
    () => {
      tf.disposeVariables();
      network = resnet18({
        inputShape: [16, 16, 3],
        classes: 3,
        width: 4,
        pooling,
        seed: 1,
        ...(pooling === 'diffstride' && { poolingConfig: { smoothness: 1 } }),
      });
      return [seeded([2, 16, 16, 3])];
    },
    (x) => network.apply(x, { training: true }),
  ]),
  [
    '@ds/regularizer',
    'strideComplexity',
    () => [tf.tensor1d([2, 1.5]), tf.tensor1d([1.2, 3])],
    (a, b) => strideComplexity([a, b]),
  ],
  [
    'tfjs',
    'conv2d',
    () => [image(), seeded([3, 3, 8, 8], 2)],
    (x, filter) => tf.conv2d(x, filter, 1, 'same'),
  ],
  [
    'tfjs',
    'conv2d, stride 2',
    () => [image(), seeded([3, 3, 8, 8], 2)],
    (x, filter) => tf.conv2d(x, filter, 2, 'same'),
  ],
  [
    'tfjs',
    'conv2d, dilated',
    () => [image(), seeded([3, 3, 8, 8], 2)],
    (x, filter) => tf.conv2d(x, filter, 1, 'same', 'NHWC', 2),
  ],
  [
    'tfjs',
    'depthwiseConv2d',
    () => [image(), seeded([3, 3, 8, 1], 2)],
    (x, filter) => tf.depthwiseConv2d(x, filter, 1, 'same'),
  ],
  [
    'tfjs',
    'matMul of batches',
    () => [seeded([3, 7, 5]), seeded([3, 5, 6], 2)],
    (a, b) => tf.matMul(a, b),
  ],
  ['tfjs', 'maxPool, overlapping', () => [image()], (x) => tf.maxPool(x, 3, 2, 'same')],
  ['tfjs', 'avgPool', () => [image()], (x) => tf.avgPool(x, 2, 2, 'same')],
  ['tfjs', 'relu', () => [image()], (x) => tf.relu(x)],
  [
    'tfjs',
    'batchNorm',
    () => [image(), seeded([8], 2), tf.abs(seeded([8], 3)), seeded([8], 4), seeded([8], 5)],
    (x, mean, variance, offset, scale) => tf.batchNorm(x, mean, variance, offset, scale),
  ],
  ['tfjs', 'gather', () => [image()], (x) => tf.gather(x, tf.tensor1d([0, 3, 3], 'int32'), 2)],
  [
    'tfjs',
    'spectral.rfft, real part',
    () => [seeded([3, 16])],
    (x) => tf.real(tf.spectral.rfft(x)),
  ],
];

function pair({ real, imag }) {
  return [real, imag];
}
