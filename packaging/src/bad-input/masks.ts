import * as masks from '@ds/masks';
import * as tf from '@tensorflow/tfjs';
import {
  boolean,
  except,
  type Kind,
  number,
  oneOf,
  optional,
  options,
  size,
  tensor,
  text,
} from './kinds.js';
import type { Call, Table } from './trial.js';

const smoothness = number(0);
const stride = except(tensor(), 'one axis more', 'one axis fewer');
const alignment = oneOf('published', 'symmetric');
const spanOptions = options(
  { maxSpan: size(), smoothness },
  { required: ['maxSpan', 'smoothness'] },
);
const attentionOptions = options(
  { maxSpan: size(), smoothness, positions: tensor() },
  { required: ['maxSpan', 'smoothness'] },
);
const good = { maxSpan: 3, smoothness: 2 };
const above0 = number(0, undefined, true);
const threshold = number(0, 1, true);
const sigmoidOptions = options({ temperature: above0, threshold });
const form = oneOf('gaussian', 'sigmoid', 'ramp');
const ones = (...shape: number[]) => tf.ones(shape);

const sized = (as: string, name: string, call: Call['call'], rest: Record<string, Kind>): Call => ({
  as,
  call,
  good: () => [6, tf.scalar(2), 1].slice(0, 1 + Object.keys(rest).length),
  args: { [name]: size(), ...rest },
});

const span: Call[] = [
  {
    as: 'AdaptiveSpan',
    call: (config: masks.AdaptiveSpanConfig) => new masks.AdaptiveSpan(config),
    good: () => [{ ...good, initialSpan: 1, penalty: 0 }],
    args: {
      config: options(
        {
          maxSpan: size(),
          smoothness,
          initialSpan: number(0, 3),
          penalty: number(0),
          relativePositions: boolean(),
          name: text(),
          trainable: boolean(),
        },
        { required: ['maxSpan', 'smoothness'] },
      ),
    },
  },
];

/** Masks over axes of learned sizes, and their conversions. */
const learnedSizes: Table = {
  gaussianMask: [
    {
      as: 'gaussianMask',
      call: masks.gaussianMask,
      good: () => [ones(3), 2, 0.1],
      args: {
        offsets: tensor({ isOfAnyRank: true }),
        size: above0,
        threshold: optional(threshold),
      },
    },
    {
      as: 'gaussianMask',
      call: masks.gaussianMask,
      good: () => [ones(3), ones(3)],
      args: { offsets: [], size: except(tensor({ isOfAnyRank: true }), '3') },
    },
  ],
  gaussianSigma: [
    {
      as: 'gaussianSigma',
      call: masks.gaussianSigma,
      good: () => [3, 0.1],
      args: { size: above0, threshold: optional(threshold) },
    },
  ],
  gaussianSize: [
    {
      as: 'gaussianSize',
      call: masks.gaussianSize,
      good: () => [3, 0.1],
      args: { sigma: above0, threshold: optional(threshold) },
    },
  ],
  sigmoidMask: [
    {
      as: 'sigmoidMask',
      call: masks.sigmoidMask,
      good: () => [ones(3), 2, {}],
      args: { positions: tensor({ isOfAnyRank: true }), size: above0, options: sigmoidOptions },
    },
    {
      as: 'sigmoidMask',
      call: masks.sigmoidMask,
      good: () => [ones(3), ones(3)],
      args: { positions: [], size: except(tensor({ isOfAnyRank: true }), '3') },
    },
  ],
  sigmoidOffset: [
    {
      as: 'sigmoidOffset',
      call: masks.sigmoidOffset,
      good: () => [3, {}],
      args: { size: above0, options: sigmoidOptions },
    },
  ],
  sigmoidSize: [
    {
      as: 'sigmoidSize',
      call: masks.sigmoidSize,
      good: () => [3, {}],
      args: { offset: number(), options: sigmoidOptions },
    },
  ],
  sizeMask: [
    {
      as: 'sizeMask',
      call: masks.sizeMask,
      good: () => [5, tf.scalar(3), { form: 'sigmoid' }],
      args: {
        length: size(),
        size: stride,
        options: options(
          { form, threshold, temperature: above0, smoothness: above0 },
          { required: ['form'] },
        ),
      },
    },
  ],
  keptRange: [
    {
      as: 'keptRange',
      call: masks.keptRange,
      good: () => [5, 3, 'ramp'],
      args: { length: size(), size: above0, form },
    },
  ],
};

/** The calls of `@ds/masks`. */
export const masksTables: Record<string, Table> = {
  '@ds/masks': {
    AdaptiveSpan: span,
    ...learnedSizes,
    rampMask: [
      {
        as: 'rampMask',
        call: masks.rampMask,
        good: () => [ones(3), 1, 2],
        args: {
          positions: tensor({ isOfAnyRank: true, isOfAnyType: true }),
          threshold: number(),
          smoothness,
        },
      },
      {
        as: 'rampMask',
        call: masks.rampMask,
        good: () => [ones(3), ones(3), 2],
        args: { positions: [], threshold: except(tensor({ isOfAnyRank: true }), '3') },
      },
    ],
    rampValue: [
      {
        as: 'rampValue',
        call: masks.rampValue,
        good: () => [3, 1, 2],
        args: { position: number(), threshold: number(), smoothness },
      },
    ],
    clip: [
      {
        as: 'clip',
        call: masks.clip,
        good: () => [ones(3), 0, 1],
        args: {
          x: except(tensor(), 'one axis more', 'one axis fewer'),
          lower: except(number(undefined, 1), '-Infinity'),
          upper: except(number(0), 'Infinity'),
        },
      },
    ],
    keptIndices: [
      {
        as: 'keptIndices',
        call: masks.keptIndices,
        good: () => [ones(3)],
        args: { mask: tensor() },
      },
    ],
    columnDistances: [sized('columnDistances', 'width', masks.columnDistances, {})],
    rowDistances: [
      {
        as: 'rowDistances',
        call: masks.rowDistances,
        good: () => [5, 'symmetric'],
        args: { height: size(), alignment },
      },
    ],
    verticalHalfSize: [sized('verticalHalfSize', 'height', masks.verticalHalfSize, { stride })],
    horizontalHalfSize: [
      sized('horizontalHalfSize', 'width', masks.horizontalHalfSize, { stride }),
    ],
    horizontalMask: [
      sized('horizontalMask', 'width', masks.horizontalMask, { stride, smoothness }),
    ],
    verticalMask: [
      sized('verticalMask', 'height', masks.verticalMask, { stride, smoothness }),
      {
        as: 'verticalMask',
        call: masks.verticalMask,
        good: () => [6, tf.scalar(2), 1, {}],
        args: { height: [], stride: [], smoothness: [], options: options({ alignment }) },
      },
    ],
    adaptiveSpanMask: [
      {
        as: 'adaptiveSpanMask',
        call: masks.adaptiveSpanMask,
        good: () => [ones(2), 3, 2],
        args: { span: tensor({ isOfAnyRank: true }), maxSpan: size(), smoothness },
      },
    ],
    adaptiveSpanWeights: [
      {
        as: 'adaptiveSpanWeights',
        call: masks.adaptiveSpanWeights,
        good: () => [ones(2, 4, 4), ones(2), good],
        args: { scores: tensor(), span: tensor(), options: spanOptions },
      },
    ],
    adaptiveSpanAttention: [
      {
        as: 'adaptiveSpanAttention',
        call: masks.adaptiveSpanAttention,
        good: () => [
          ones(2, 4, 3),
          ones(2, 4, 3),
          ones(2, 4, 3),
          ones(2),
          { ...good, positions: ones(3, 3) },
        ],
        args: { q: tensor(), k: tensor(), v: tensor(), span: tensor(), options: attentionOptions },
      },
    ],
    AdaptiveSpanCache: [
      {
        as: 'AdaptiveSpanCache',
        call: (...args: ConstructorParameters<typeof masks.AdaptiveSpanCache>) =>
          new masks.AdaptiveSpanCache(...args),
        good: () => [ones(2), { ...good, positions: ones(3, 3) }],
        args: { span: tensor(), options: attentionOptions },
      },
      {
        as: 'AdaptiveSpanCache.step',
        call: (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) => {
          const spans = tf.ones([2]) as tf.Tensor1D;
          const cache = new masks.AdaptiveSpanCache(spans, good);
          try {
            return cache.step(q, k, v);
          } finally {
            cache.dispose();
            spans.dispose();
          }
        },
        good: () => [ones(2, 4, 3), ones(2, 4, 3), ones(2, 4, 3)],
        args: { q: tensor(), k: tensor(), v: tensor() },
      },
    ],
  },
};
