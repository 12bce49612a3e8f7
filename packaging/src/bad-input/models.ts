import { useBackend } from '@ds/backend';
import * as models from '@ds/models';
import * as tf from '@tensorflow/tfjs';
import {
  boolean,
  integer,
  type Kind,
  listOf,
  number,
  oneOf,
  options,
  size,
  tensor,
  text,
} from './kinds.js';
import { model, noModel } from './models-at-hand.js';
import type { Call, Table } from './trial.js';

const shape = listOf(size(), { isOfOneLength: true });
const object: Kind = [null, undefined, 3, 'text', []].map((wrong) => ({
  what: `${wrong}`,
  make: () => wrong,
}));
const pooling: Kind = [...text(), { what: 'an unknown one', make: () => 'blurry' }];
const poolingConfig: Kind = [
  ...object,
  { what: 'smoothnes', make: () => ({ smoothnes: 2 }), names: ['smoothness'] },
  { what: 'a wrong smoothness', make: () => ({ smoothness: -1 }), names: ['smoothness'] },
];
const network = {
  inputShape: shape,
  classes: size(2),
  pooling,
  strides: listOf(number(1), { isOfOneLength: true }),
  poolingConfig,
  width: size(),
  variant: oneOf('preact', 'original'),
  weightDecay: number(0),
  seed: integer(),
};

const resnet = (
  as: string,
  call: Call['call'],
  kinds: Record<string, Kind>,
  strides: number[],
): Call[] => {
  const right = { inputShape: [8, 8, 3], classes: 2, strides };
  // Building a whole network is slow, so only wrong options are tried.
  const unlessRight = (chosen: never) => (chosen === right ? undefined : call(chosen));
  return [
    {
      as,
      call: unlessRight,
      good: () => [right],
      args: { options: options(kinds, { required: ['inputShape', 'classes'] }) },
    },
    {
      as,
      call: unlessRight,
      good: () => [right],
      // These poolings need integers. The first strides are right, and the last one is wrong.
      args: {
        strides: ['conv', 'blur'].map((pooling) => ({
          what: `a fraction with '${pooling}'`,
          make: () => ({ ...right, pooling, strides: strides.with(-1, 1.5) }),
        })),
      },
    },
  ];
};

const SOUND = { inputShape: [8, 8, 1], tasks: { word: 2 }, widths: [2, 2], strides: [2, 2] };
const row = () => ({ layer: 'a', outputShape: [2], macs: 1, parameters: 1, activationBytes: 4 });

/** The calls of `@ds/models` and `@ds/backend`. */
export const modelsTables: Record<string, Table> = {
  '@ds/backend': {
    useBackend: [
      {
        as: 'useBackend',
        call: useBackend,
        good: () => ['cpu'],
        args: {
          name: [
            ...text().filter(({ what }) => what !== 'undefined'),
            { what: 'an unknown one', make: () => 'gpu' },
            { what: 'a list of one', make: () => ['cpu'] },
            { what: 'of every object', make: () => 'toString' },
          ],
        },
      },
      {
        as: 'useBackend',
        call: (_name: never, chosen: never) => useBackend('cpu', chosen),
        good: () => ['cpu', {}],
        args: {
          name: [],
          options: options({
            without: [
              ...object.filter(({ what }) => what !== ''),
              { what: 'an unknown change', make: () => ['nothing'] },
              { what: 'a number in it', make: () => [3] },
            ],
            kernels: [
              { what: 'a number', make: () => 3 },
              { what: 'a list', make: () => ['/wasm/'] },
              { what: 'an empty string', make: () => '' },
              { what: 'without simd', make: () => ({ 'relaxed-simd': '/a.wasm' }) },
              { what: 'a number in it', make: () => ({ simd: 3 }) },
              { what: 'an unknown variant', make: () => ({ simd: '/a.wasm', avx: '/b.wasm' }) },
            ],
          }),
        },
      },
    ],
  },
  '@ds/backend/changes': { tfjsChanges: [] },
  '@ds/backend/diagnostics': { measurePeak: [], measureDevicePeak: [], provideGpu: [] },
  '@ds/models': {
    resnet18: resnet(
      'resnet18',
      models.resnet18,
      { ...network, stem: oneOf('cifar', 'imagenet') },
      [1, 1, 2, 2, 2],
    ),
    resnet56: resnet('resnet56', models.resnet56, network, [1, 1, 2, 2]),
    audioCnn: [
      {
        as: 'audioCnn',
        call: models.audioCnn,
        good: () => [SOUND],
        args: {
          options: options(
            {
              inputShape: shape,
              tasks: [
                ...object.filter(({ what }) => what !== ''),
                ...size(2).map((bad) => ({
                  ...bad,
                  make: () => ({ word: bad.make(2) }),
                  names: ['tasks.word'],
                })),
              ],
              pooling,
              strides: listOf(number(1), { isOfOneLength: true }),
              poolingConfig,
              widths: listOf(size(), { isOfOneLength: true }).filter(
                ({ what }) => !what.startsWith('one too'),
              ),
              weightDecay: number(0),
              seed: integer(),
            },
            { required: ['inputShape', 'tasks'] },
          ),
        },
      },
    ],
    costReport: [
      {
        as: 'costReport',
        call: models.costReport,
        good: () => [model(), [4, 6, 2]],
        args: { model: noModel, inputShape: listOf(size()) },
      },
    ],
    costTable: [
      {
        as: 'costTable',
        call: (one: models.LayerCost) => models.costTable([one]),
        good: () => [row()],
        args: {
          report: options(
            {
              layer: text(),
              outputShape: object,
              macs: number(),
              parameters: number(),
              activationBytes: number(),
            },
            {
              required: ['layer', 'outputShape', 'macs', 'parameters', 'activationBytes'],
              isStrict: false,
            },
          ),
        },
      },
      { as: 'costTable', call: models.costTable, good: () => [[row()]], args: { report: object } },
    ],
    freezeStrides: [
      {
        as: 'freezeStrides',
        call: (one: never, input: number[]) =>
          one === model() && `${input}` === '4,6,2' ? undefined : models.freezeStrides(one, input),
        good: () => [model(), [4, 6, 2]],
        args: { model: noModel, inputShape: listOf(size(), { isOfOneLength: true }) },
      },
      {
        as: 'freezeStrides',
        call: (chosen: never) => models.freezeStrides(model(), [4, 6, 2], chosen),
        good: () => [{ round: true }],
        args: { options: options({ round: boolean() }) },
      },
    ],
    fuseFrozen: [
      {
        as: 'fuseFrozen',
        call: models.fuseFrozen,
        good: () => [models.freezeStrides(model(), [4, 6, 2])],
        args: { model: [...noModel, { what: 'one without frozen poolings', make: model }] },
      },
    ],
    roundingReport: [
      {
        as: 'roundingReport',
        call: models.roundingReport,
        good: () => [model(), tf.ones([2, 4, 6, 2]), tf.tensor1d([0, 1])],
        args: {
          model: noModel,
          images: tensor(),
          labels: tensor({ isOfAnyType: true }),
        },
      },
    ],
    strideVariables: [
      {
        as: 'strideVariables',
        call: models.strideVariables,
        good: () => [model()],
        args: { model: noModel },
      },
    ],
  },
};
