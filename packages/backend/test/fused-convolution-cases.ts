import { relativeError, unitTensor } from '@ds/testing';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { directConvolution, type Sizes, shapesOf } from './direct-convolution.js';
import { poisonMemory } from './poison.js';

/** Error bound: float32 sums in another order, and their exponentials. */
const FLOAT32 = 1e-5;

const SLOPE = 0.3;

/** The activations, as functions of a value and its slope. */
export const ACTIVATIONS: Record<string, (value: number, slope: number) => number> = {
  linear: (value) => value,
  relu: (value) => Math.max(value, 0),
  relu6: (value) => Math.min(Math.max(value, 0), 6),
  elu: (value) => (value < 0 ? Math.expm1(value) : value),
  sigmoid: (value) => 1 / (1 + Math.exp(-value)),
  leakyrelu: (value) => (value < 0 ? SLOPE * value : value),
  prelu: (value, slope) => (value < 0 ? slope * value : value),
};

/**
 * Broadcasts an array of shape `of` to shape `to`. Returns the index in the array for each value.
 */
function broadcastIndices(of: number[], to: number[]): number[] {
  const size = to.reduce((product, side) => product * side, 1);
  return Array.from({ length: size }, (_, at) => {
    let index = 0;
    let step = 1;
    for (let axis = 1, rest = at; axis <= to.length; axis++) {
      const side = to.at(-axis)!;
      const own = axis <= of.length ? of.at(-axis)! : 1;
      if (own > 1) index += (rest % side) * step;
      step *= own;
      rest = Math.floor(rest / side);
    }
    return index;
  });
}

/** Sizes with windows that do not cover the last column. */
export const sizes: Sizes = {
  batch: 2,
  image: [5, 7],
  channels: 4,
  filters: 1,
  window: [3, 2],
  strides: [2, 1],
  dilations: [1, 1],
  pad: 'same',
};

interface Case {
  sizes: Sizes;
  isDepthwise: boolean;
  activation: string;
  bias?: number[];
  slopes?: number[];
  isFirst?: boolean;
}

/** Expects a fused convolution to match its definition. */
export function expectRight({ sizes, isDepthwise, activation, bias, slopes, isFirst }: Case): void {
  tf.tidy(() => {
    const shapes = shapesOf(sizes, isDepthwise);
    // The values lie on both sides of 0 and of 6.
    const x = tf.mul(unitTensor(1, shapes.x), 9);
    const filter = unitTensor(2, shapes.filter);
    const none = new Float64Array(shapes.y.reduce((product, side) => product * side, 1));
    const sums = directConvolution(sizes, isDepthwise, x.dataSync(), filter.dataSync(), none).y;
    const added = bias && unitTensor(3, bias);
    const alpha = slopes && unitTensor(4, slopes);
    const [addedValues, alphaValues] = [added, alpha].map((t) => t?.dataSync());
    const addedAt = broadcastIndices(bias ?? [], shapes.y);
    const alphaAt = broadcastIndices(slopes ?? [], shapes.y);
    const want = sums.map((sum, at) =>
      ACTIVATIONS[activation]!(
        sum + (addedValues?.[addedAt[at]!] ?? 0),
        alphaValues?.[alphaAt[at]!] ?? 0,
      ),
    );
    poisonMemory();
    const options = {
      x: (isFirst ? tf.transpose(x, [0, 3, 1, 2]) : x) as tf.Tensor4D,
      filter: filter as tf.Tensor4D,
      strides: sizes.strides,
      dilations: sizes.dilations,
      pad: sizes.pad as 'same',
      dataFormat: isFirst ? ('NCHW' as const) : ('NHWC' as const),
      bias: added,
      activation: activation as 'relu',
      preluActivationWeights: alpha,
      leakyreluAlpha: activation === 'leakyrelu' ? SLOPE : undefined,
    };
    const y = (isDepthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d)(options);
    const last = isFirst ? tf.transpose(y, [0, 2, 3, 1]) : y;
    expect(last.shape).toEqual(shapes.y);
    expect(relativeError(last.dataSync(), want)).toBeLessThan(FLOAT32);
  });
}

/** The derivative of each activation, at a point where it exists. */
const SLOPES: Record<string, (value: number) => number> = {
  linear: () => 1,
  relu: (value) => (value > 0 ? 1 : 0),
  relu6: (value) => (value > 0 && value < 6 ? 1 : 0),
  elu: (value) => (value < 0 ? Math.exp(value) : 1),
  sigmoid: (value) => 1 / (2 + Math.exp(value) + Math.exp(-value)),
  leakyrelu: (value) => (value < 0 ? SLOPE : 1),
};

export const DIFFERENTIABLE = Object.keys(SLOPES);

/**
 * Expects the gradients of a fused convolution to match their definitions, with one bias per
 * channel or none.
 */
export function expectRightGradients(
  isDepthwise: boolean,
  activation: string,
  hasBias: boolean,
): void {
  tf.tidy(() => {
    const given = { ...sizes, filters: isDepthwise ? 2 : 6 };
    const shapes = shapesOf(given, isDepthwise);
    const channels = shapes.y[3]!;
    const x = tf.mul(unitTensor(1, shapes.x), 9);
    const [filter, dy] = [unitTensor(2, shapes.filter), unitTensor(4, shapes.y)];
    const bias = tf.mul(unitTensor(3, [channels]), hasBias ? 1 : 0);
    const [vx, vf, vb, vd] = [x, filter, bias, dy].map((t) => t.dataSync());
    const sums = directConvolution(given, isDepthwise, vx!, vf!, vd!).y;
    const upstream = sums.map(
      (sum, at) => vd![at]! * SLOPES[activation]!(sum + vb![at % channels]!),
    );
    const want = directConvolution(given, isDepthwise, vx!, vf!, upstream);
    const db = new Float64Array(channels);
    upstream.forEach((value, at) => {
      db[at % channels]! += value;
    });
    poisonMemory();
    const op = (...[a, f, b]: tf.Tensor[]) =>
      (isDepthwise ? tf.fused.depthwiseConv2d : tf.fused.conv2d)({
        x: a as tf.Tensor4D,
        filter: f as tf.Tensor4D,
        strides: given.strides,
        pad: 'same',
        bias: b,
        activation: activation as 'relu',
        leakyreluAlpha: SLOPE,
      });
    const inputs = hasBias ? [x, filter, bias] : [x, filter];
    const got = tf
      .grads(op)(inputs, dy)
      .map((gradient) => gradient.dataSync());
    expect(relativeError(got[0]!, want.dx)).toBeLessThan(FLOAT32);
    expect(relativeError(got[1]!, want.df)).toBeLessThan(FLOAT32);
    if (hasBias) expect(relativeError(got[2]!, db)).toBeLessThan(FLOAT32);
  });
}
