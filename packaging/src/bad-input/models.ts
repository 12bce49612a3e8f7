import { tmpdir } from 'node:os';
import path from 'node:path';
import { useBackend } from '@ds/backend';
import * as models from '@ds/models';
import * as safetensors from '@ds/models/safetensors';
import * as tf from '@tensorflow/tfjs';
import {
  boolean,
  callback,
  integer,
  type Kind,
  listOf,
  number,
  oneOf,
  options,
  pair,
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
  padding: oneOf('same', 'circular'),
  activation: oneOf('relu', 'polynomial', 'upsampled-relu'),
  weightDecay: number(0),
  seed: integer(),
};

const { variant: _, activation: __, ...ofMobilenet } = { ...network, width: number(0.1, 8) };

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

/** The options of a network whose sizes learn. */
const LEARNED = {
  inputShape: [8, 8, 3],
  classes: 2,
  strides: [2, 2],
} as models.LearnedResnetOptions;
const SOUND = { inputShape: [8, 8, 1], tasks: { word: 2 }, widths: [2, 2], strides: [2, 2] };
/** A model without weights, and its safetensors file: a header of `{}`. */
const bare = () => tf.sequential({ layers: [tf.layers.flatten({ inputShape: [2, 2] })] });
const EMPTY_FILE = new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d]);

const noFile: Kind = [
  ...text().filter(({ what }) => what !== 'a function'),
  { what: 'a missing file', make: () => 'nowhere.safetensors' },
  { what: 'a short file', make: () => new Uint8Array(3) },
  { what: 'a file with a gap', make: () => new Uint8Array([...EMPTY_FILE, 0]) },
];
const names: Kind = [...text(), { what: 'a number in it', make: () => [3] }].filter(
  ({ what }) => what !== 'an empty list',
);
const written = {
  dtype: oneOf('float32', 'float16'),
  metadata: [
    ...object.filter(({ what }) => what !== ''),
    { what: 'a number in it', make: () => ({ made: 3 }), names: ['metadata.made'] },
  ],
};

const swapped = () => ({ after: 'a', pooling: 'a.pool', strides: [2, 2], outputShape: [2, 2, 1] });
const swapRow = () => ({
  layer: 'a',
  className: 'Conv2D',
  strides: [2, 2],
  outputShape: [2, 2, 1],
  swapped: swapped(),
  reason: '',
});
const row = () => ({ layer: 'a', outputShape: [2], macs: 1, parameters: 1, activationBytes: 4 });

let withStrides: tf.LayersModel | null = null;

/** A model with one strided convolution. It is made once. */
function strided(): tf.LayersModel {
  withStrides ??= tf.sequential({
    layers: [
      tf.layers.conv2d({
        name: 'conv',
        filters: 2,
        kernelSize: 3,
        strides: 2,
        inputShape: [8, 8, 1],
      }),
    ],
  });
  return withStrides;
}

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
  '@ds/backend/diagnostics': {
    measurePeak: [],
    measureDevicePeak: [],
    productTiles: [],
    provideGpu: [],
  },
  '@ds/models/safetensors': {
    loadSafetensors: [
      {
        as: 'loadSafetensors',
        call: safetensors.loadSafetensors,
        good: () => [bare(), EMPTY_FILE],
        args: { model: noModel, file: noFile },
      },
      {
        as: 'loadSafetensors',
        call: (chosen: never) => safetensors.loadSafetensors(bare(), EMPTY_FILE, chosen),
        good: () => [{}],
        args: { options: options({ except: names }) },
      },
    ],
    toSafetensors: [
      {
        as: 'toSafetensors',
        call: safetensors.toSafetensors,
        good: () => [model(), {}],
        args: { model: noModel, options: options(written) },
      },
    ],
    saveSafetensors: [
      {
        as: 'saveSafetensors',
        call: safetensors.saveSafetensors,
        good: () => [model(), path.join(tmpdir(), `bad-input-${process.pid}.safetensors`), {}],
        args: {
          model: noModel,
          path: [...text(), { what: 'a folder that is missing', make: () => '/nowhere/a' }],
          options: options(written),
        },
      },
    ],
  },
  '@ds/models': {
    resnet18: resnet(
      'resnet18',
      models.resnet18,
      { ...network, stem: oneOf('cifar', 'imagenet', 'antialiased') },
      [1, 1, 2, 2, 2],
    ),
    unet: resnet(
      'unet',
      models.unet,
      {
        ...ofMobilenet,
        width: size(),
        depth: size(),
        upsampling: oneOf('spectral', 'bilinear'),
        upsamplingConfig: object,
      },
      [2, 2, 2],
    ),
    resnet56: resnet('resnet56', models.resnet56, network, [1, 1, 2, 2]),
    mobilenetV2: resnet('mobilenetV2', models.mobilenetV2, ofMobilenet, [2, 1, 2, 2, 2, 1, 2, 1]),
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
    learnedResnet: [
      {
        as: 'learnedResnet',
        // Building a whole network is slow, so only wrong options are tried.
        call: (chosen: models.LearnedResnetOptions) =>
          chosen === LEARNED ? undefined : models.learnedResnet(chosen),
        good: () => [LEARNED],
        args: {
          options: options(
            {
              inputShape: shape,
              classes: size(2),
              width: size(),
              stages: size(),
              blocks: size(),
              kernelSize: [...size(), { what: 'an even one', make: () => 4 }],
              expansion: size(),
              initialKernelSize: number(1, 7),
              initialExpansion: number(0, 2, true).filter(({ what }) => what !== '2'),
              initialDepth: number(1, 3),
              strides: listOf(number(1), { isOfOneLength: true }),
              smoothness: number(0),
              seed: integer(),
            },
            { required: ['inputShape', 'classes'] },
          ),
        },
      },
    ],
    learnedCost: [
      {
        as: 'learnedCost',
        call: (...given: Parameters<typeof models.learnedCost>) =>
          models.learnedCost(...given).dispose(),
        good: () => [model(), { inputShape: [4, 6, 2] }],
        args: {
          model: noModel,
          options: options({
            inputShape: listOf(size(), { isOfOneLength: true }),
            sizes: oneOf('kept', 'real'),
          }),
        },
      },
    ],
    budgetLoss: [
      {
        as: 'budgetLoss',
        call: models.budgetLoss,
        good: () => [model(), 100, { inputShape: [4, 6, 2] }],
        args: {
          model: noModel,
          macs: number(0, undefined, true),
          options: options({
            inputShape: listOf(size(), { isOfOneLength: true }),
            sizes: oneOf('kept', 'real'),
            lambda: number(0),
          }),
        },
      },
    ],
    sizeReport: [
      {
        as: 'sizeReport',
        call: models.sizeReport,
        good: () => [model()],
        args: { model: noModel },
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
              note: text().filter(({ what }) => what !== 'an empty text'),
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
        args: { options: options({ round: boolean(), keepCustom: boolean() }) },
      },
    ],
    freezeReport: [
      {
        as: 'freezeReport',
        call: models.freezeReport,
        good: () => [models.freezeStrides(model(), [4, 6, 2])],
        args: { frozen: [...noModel, { what: 'one that is not frozen', make: model }] },
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
    featureEquivariance: [
      {
        as: 'featureEquivariance',
        call: models.featureEquivariance,
        good: () => [model(), tf.ones([2, 4, 6, 2]), [[1, 0.5]]],
        args: {
          model: noModel,
          images: tensor(),
          shifts: listOf(pair(number())),
        },
      },
    ],
    roundedPoolings: [
      {
        as: 'roundedPoolings',
        call: models.roundedPoolings,
        good: () => [models.freezeStrides(model(), [4, 6, 2], { round: true })],
        args: { frozen: [...noModel, { what: 'one that is not frozen', make: model }] },
      },
    ],
    roundingReport: [
      {
        as: 'roundingReport',
        call: models.roundingReport,
        good: () => [model(), tf.ones([2, 4, 6, 2]), tf.tensor1d([0, 1]), {}],
        args: {
          model: noModel,
          images: tensor(),
          labels: tensor({ isOfAnyType: true }),
          options: options({ rounded: noModel }),
        },
      },
    ],
    swapDownsampling: [
      {
        as: 'swapDownsampling',
        call: (one: never, name: never) => models.swapDownsampling(one, name),
        good: () => [model(), 'blur'],
        args: { model: noModel, pooling },
      },
      {
        as: 'swapDownsampling',
        call: (chosen: never) => models.swapDownsampling(strided(), 'diffstride', chosen),
        good: () => [{ where: () => true, strides: { conv: 2 }, config: {} }],
        args: {
          options: options({
            where: [...callback(), { what: 'one of text', make: () => () => 'yes' }],
            strides: [
              ...object.filter(({ what }) => what !== ''),
              { what: 'an unknown layer', make: () => ({ con: 2 }) },
              ...pair(number(1), true).map((bad) => ({
                ...bad,
                make: () => ({ conv: bad.make(2) }),
              })),
            ].filter(({ what }) => what !== 'undefined'),
            placement: oneOf('convolution', 'activation'),
            smoothness: number(0),
            config: [
              ...object,
              { what: 'smoothnes', make: () => ({ smoothnes: 2 }), names: ['smoothness'] },
            ],
          }),
        },
      },
    ],
    swapTable: [
      {
        as: 'swapTable',
        call: (one: models.SwapRow) => models.swapTable([one]),
        good: () => [swapRow()],
        args: {
          report: options(
            {
              layer: text(),
              className: text(),
              strides: object.filter(({ what }) => what !== ''),
              outputShape: object.filter(({ what }) => what !== ''),
              swapped: object.filter(({ what }) => what !== 'null'),
            },
            {
              required: ['layer', 'className', 'strides', 'outputShape', 'swapped'],
              isStrict: false,
            },
          ),
        },
      },
      {
        as: 'swapTable',
        call: (one: never) => models.swapTable([{ ...swapRow(), swapped: one }]),
        good: () => [swapped()],
        args: {
          swapped: options(
            {
              after: text(),
              strides: object,
              outputShape: object.filter(({ what }) => what !== ''),
            },
            { required: ['after', 'strides', 'outputShape'], isStrict: false },
          ).filter(({ what }) => what !== 'null'),
        },
      },
      {
        as: 'swapTable',
        call: models.swapTable,
        good: () => [[swapRow()]],
        args: { report: object.filter(({ what }) => what !== '') },
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
