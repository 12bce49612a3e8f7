import { useBackend } from '@ds/backend';
import { relativeError, unitTensor } from '@ds/testing';
import { lacksWebGpu } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  LpsPool,
  MaskedConv2D,
  PadImage,
  PolynomialActivation,
  poolingLayer,
  poolingNames,
  poolingTraits,
  UpsampledRelu,
  upsamplingLayer,
} from '../src/index.js';

/** Sums of float32 numbers in another order. */
const TOLERANCE = 5e-5;

/** Sides of the images: odd, prime, and not equal to each other. */
const SIDES = { 1: [13], 2: [9, 7], 3: [5, 4, 7] } as const;

/** Poolings that take integers only. They get strides of 2. */
const INTEGERS = /^(blur|max-blur|avg-blur|aps|lps|tips|subsample|average|max)$/;

interface Case {
  title: string;
  shapes: number[][];
  /** How many gradients are 0 by their equations. Default none. */
  zeros?: number;
  make: () => tf.layers.Layer;
}

const one = (title: string, sides: readonly number[], make: Case['make']): Case => ({
  title,
  shapes: [[2, ...sides, 3]],
  make,
});

function poolingCases(): Case[] {
  return poolingNames().flatMap((name) =>
    poolingTraits(name).ranks.flatMap((rank) => {
      const sizes = INTEGERS.test(name) ? [2, 2, 2] : [1.6, 2.1, 1.4];
      const strides = sizes.slice(0, rank);
      // A narrow ramp, so that learned strides crop the image.
      const learned = name.endsWith('diffstride') && { smoothness: 1.3 };
      const config = { rank, strides, seed: 3, ...learned };
      const make = () => poolingLayer(name, config as never);
      // The last bias of LPS moves all scores alike, which their softmax ignores.
      const zeros = name === 'lps' ? 1 : 0;
      return [{ ...one(`${name}, rank ${rank}`, SIDES[rank], make), zeros }];
    }),
  );
}

const CASES: Case[] = [
  ...poolingCases(),
  ...([1, 2, 3] as const).map((rank) => ({
    ...one(`diffstride below stride 1, rank ${rank}`, SIDES[rank], () => {
      const strides = [0.81, 0.67, 0.9].slice(0, rank);
      return poolingLayer('diffstride', { rank, strides, smoothness: 2, lowerLimit: 0.6 } as never);
    }),
    // Of 13 pixels, the ramp lies above the highest frequency.
    zeros: rank === 1 ? 1 : 0,
  })),
  one('blur with Kaiser filters and circular borders', SIDES[2], () =>
    poolingLayer('blur', {
      strides: [2, 3],
      filter: 'kaiser',
      attenuation: 21,
      filterSize: [5, 4],
      padding: 'circular',
    }),
  ),
  one('flc with modulus', SIDES[2], () => poolingLayer('flc', { strides: [2, 2], modulus: true })),
  one('PadImage, circular', SIDES[2], () => new PadImage({ margins: 2, border: 'circular' })),
  one('PadImage, reflect', SIDES[2], () => new PadImage({ margins: 2, border: 'reflect' })),
  one('MaskedConv2D', SIDES[2], () => new MaskedConv2D({ filters: 4, kernelSize: 5, seed: 2 })),
  one('PolynomialActivation', SIDES[2], () => new PolynomialActivation()),
  one('UpsampledRelu', SIDES[2], () => new UpsampledRelu()),
  ...(['spectral', 'blur', 'nearest', 'bilinear'] as const).map((name) =>
    one(`${name} upsampling`, SIDES[2], () => upsamplingLayer(name, { strides: 2 })),
  ),
  {
    title: 'fractional unpooling',
    shapes: [
      [2, 6, 4, 3],
      [2, 9, 7, 3],
    ],
    make: () => upsamplingLayer('fractional', { seed: 3 }),
  },
  {
    title: 'polyphase upsampling of all grids',
    shapes: [
      [2, 5, 4, 3],
      [2, 4],
    ],
    make: () => upsamplingLayer('lps', { strides: 2 }),
  },
];

describe.skipIf(lacksWebGpu)('every pooling, on a GPU', () => {
  beforeAll(async () => {
    // In this order, so that each test begins and ends on WebGPU.
    await useBackend('cpu');
    await useBackend('webgpu');
    tf.env().set('WEBGPU_CPU_FORWARD', false);
  });
  afterAll(() => tf.env().set('WEBGPU_CPU_FORWARD', true));

  it.each(CASES)(
    '$title: values and gradients are those of cpu',
    async ({ shapes, make, zeros = 0 }) => {
      const want = await results('cpu', shapes, make);
      const got = await results('webgpu', shapes, make, want.weights);
      expect(tf.getBackend()).toBe('webgpu');
      expect(got.shape).toEqual(want.shape);
      expect(relativeError(got.y, want.y)).toBeLessThan(TOLERANCE);
      // Any small number would agree with a gradient of zeros.
      const isZero = (gradient: Float32Array) => gradient.every((value) => Math.abs(value) < 1e-6);
      expect(want.gradients.filter(isZero)).toHaveLength(zeros);
      expect(got.gradients).toHaveLength(want.gradients.length);
      got.gradients.forEach((gradient, i) => {
        expect(relativeError(gradient, want.gradients[i]!)).toBeLessThan(TOLERANCE);
      });
    },
  );
});

interface Results {
  shape: number[];
  y: Float32Array;
  /** Of the image, then of each trainable weight. */
  gradients: Float32Array[];
  weights: Float32Array[];
}

async function results(
  backend: string,
  shapes: number[][],
  make: Case['make'],
  weights?: Float32Array[],
): Promise<Results> {
  await tf.setBackend(backend);
  const layer = make();
  const [x, ...others] = shapes.map((shape, i) => unitTensor(5 + i, shape));
  const image = tf.variable(x!);
  const inputs = others.length > 0 ? [image, ...others] : image;
  layer.build(others.length > 0 ? shapes : shapes[0]!);
  weights?.forEach((values, i) => {
    const { val } = layer.weights[i] as unknown as { val: tf.Variable };
    tf.tidy(() => val.assign(tf.tensor(values, val.shape)));
  });
  const read = layer.weights.map((weight) => weight.read());
  const variables = layer.trainableWeights.map(
    (weight) => (weight as unknown as { val: tf.Variable }).val,
  );
  let y: tf.Tensor | undefined;
  const { value, grads } = tf.variableGrads(() => {
    // Only in training do the weights of learned polyphase sampling have a gradient.
    const training = layer instanceof LpsPool;
    y = tf.keep(layer.apply(inputs, { training }) as tf.Tensor);
    return tf.sum(tf.mul(y, unitTensor(11, y.shape))) as tf.Scalar;
  }, [image, ...variables]);
  const gradients = [image, ...variables].map(({ name }) => grads[name]!);
  const out: Results = {
    shape: y!.shape,
    y: (await y!.data()) as Float32Array,
    gradients: (await Promise.all(gradients.map((g) => g.data()))) as Float32Array[],
    weights: (await Promise.all(read.map((w) => w.data()))) as Float32Array[],
  };
  tf.dispose([value, grads, y!, image, x!, others, layer.weights.map((weight) => weight.read())]);
  return out;
}
