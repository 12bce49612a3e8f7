import { complexityLoss, strideComplexity } from '@ds/regularizer';
import * as train from '@ds/train';
import {
  appendWhole,
  checkpointFolder,
  makeFolder,
  removeTemporaries,
  writeFileWhole,
} from '@ds/train/checkpoints';
import { ReplicaGroup, replica, runReplicas } from '@ds/train/replicas';
import * as tf from '@tensorflow/tfjs';
import {
  boolean,
  callback,
  except,
  integer,
  type Kind,
  listOf,
  number,
  oneOf,
  optional,
  options,
  size,
  tensor,
  text,
} from './kinds.js';
import { model, noModel } from './models-at-hand.js';
import type { Call, Table } from './trial.js';

const share = number(0, 1).concat({ what: '1', make: () => 1 });
const batches: Kind = [
  { what: 'undefined', make: () => undefined },
  ...[null, 3, 'text', {}, new Float32Array(2)].map((wrong) => ({
    what: `${wrong}`,
    make: () => wrong,
  })),
];
const object: Kind = [null, undefined, 3, 'text', []].map((wrong) => ({
  what: `${wrong}`,
  make: () => wrong,
}));
const signal: Kind = [...object, { what: 'an object', make: () => ({ aborted: false }) }];

const update = () => ({
  name: 'w',
  value: tf.variable(tf.ones([2, 3])),
  gradient: tf.ones([2, 3]),
  learningRate: 0.1,
});
const gradient = [
  ...tensor(),
  { what: 'a longer one', make: () => tf.ones([2, 4]) },
  { what: 'a shorter one', make: () => tf.ones([2, 2]) },
];

const rules = (as: string, rule: () => train.Optimizer): Call[] => [
  {
    as: `${as}().step`,
    call: (one: ReturnType<typeof update>) => {
      const optimizer = rule();
      try {
        tf.dispose(optimizer.step([one]));
      } finally {
        optimizer.dispose();
      }
    },
    good: () => [update()],
    args: {
      updates: options(
        {
          name: text(),
          value: except(tensor(), 'one axis more', 'one axis fewer'),
          gradient,
          learningRate: number(),
        },
        { required: ['name', 'value', 'gradient', 'learningRate'], isStrict: false },
      ),
    },
  },
  {
    as: `${as}().step`,
    call: (updates: train.ParameterUpdate[]) => rule().step(updates),
    good: () => [[]],
    args: { updates: object.filter(({ what }) => what !== '') },
  },
  {
    as: `${as}().restore`,
    call: (state: train.OptimizerState) => rule().restore(state),
    good: () => [{ steps: 0, slots: new Map() }],
    args: {
      state: [
        ...object,
        { what: 'no steps', make: () => ({ slots: new Map() }) },
        { what: 'no slots', make: () => ({ steps: 0 }) },
        { what: 'empty slots', make: () => ({ steps: 0, slots: new Map([['w', []]]) }) },
      ],
    },
  },
];

const logits = tensor();
const labels = tensor({ isOfAnyType: true });
const two = () => [tf.ones([2, 3]), tf.ones([2, 3])];

const classWeights = optional(listOf(number(0), { isOfOneLength: true }));
const values: Kind = [
  ...object.filter(({ what }) => what !== ''),
  { what: 'NaN in it', make: () => [Number.NaN, 1] },
  { what: 'a text in it', make: () => ['1', 1] },
  { what: 'one too many', make: () => [0, 1, 1] },
];

/** The call of a metric on scores and labels of one class. */
const ranking = (
  as: string,
  call: (...given: never[]) => unknown,
  more: unknown[] = [],
): Call[] => [
  {
    as,
    call,
    good: () => [[0.2, 0.7], [0, 1], ...more],
    args: { scores: values, labels: values, ...(more.length > 0 && { classes: size() }) },
  },
];

const training = () => ({
  batches: () => [{ images: tf.ones([1, 4, 6, 2]), labels: tf.tensor2d([[0, 1]]) }],
  epochs: 1,
  optimizer: train.sgd(),
  schedule: train.constant(0.1),
});

const RIGHT = {};

const content: Kind = [null, undefined, 3, [], {}].map((wrong) => ({
  what: `${wrong}`,
  make: () => wrong,
}));

/** The calls of `@ds/regularizer` and `@ds/train`. */
export const trainTables: Record<string, Table> = {
  '@ds/regularizer': {
    complexityLoss: [
      {
        as: 'complexityLoss',
        call: complexityLoss,
        good: () => [() => [], 1],
        args: { strides: callback(), lambda: number(0) },
      },
      {
        as: 'complexityLoss',
        call: (strides: never) => tf.dispose(complexityLoss(() => strides, 1)()),
        good: () => [[]],
        args: { strides: object.filter(({ what }) => what !== '') },
      },
    ],
    strideComplexity: [
      {
        as: 'strideComplexity',
        call: (one: never) => tf.dispose(strideComplexity([one])),
        good: () => [tf.ones([2])],
        args: { strides: except(tensor(), 'a nested list') },
      },
      {
        as: 'strideComplexity',
        call: (one: never) => tf.dispose(strideComplexity([one])),
        good: () => [[2, 2]],
        args: { strides: listOf(number(1)) },
      },
      {
        as: 'strideComplexity',
        call: (all: never) => tf.dispose(strideComplexity(all)),
        good: () => [[[2, 2]]],
        args: { strides: object },
      },
    ],
  },
  '@ds/train': {
    NonFiniteLoss: [
      {
        as: 'NonFiniteLoss',
        call: (place: train.NonFinitePlace) => new train.NonFiniteLoss(place),
        good: () => [{ loss: 1, epoch: 0, step: 0, learningRate: 0, layer: null, source: 'loss' }],
        args: { place: object },
      },
    ],
    adam: [
      {
        as: 'adam',
        call: train.adam,
        good: () => [{}],
        args: {
          options: options({ beta1: share, beta2: share, epsilon: number(0, undefined, true) }),
        },
      },
      ...rules('adam', train.adam),
    ],
    sgd: [
      {
        as: 'sgd',
        call: train.sgd,
        good: () => [{}],
        args: { options: options({ momentum: share, nesterov: boolean() }) },
      },
      ...rules('sgd', () => train.sgd({ momentum: 0.9 })),
      ...rules('sgd', train.sgd),
    ],
    constant: [
      { as: 'constant', call: train.constant, good: () => [0.1], args: { rate: number(0) } },
    ],
    cosine: [
      {
        as: 'cosine',
        call: train.cosine,
        good: () => [0.1, 10, {}],
        args: {
          peak: number(0),
          totalSteps: integer(1),
          options: options({ warmup: integer(0, 10) }),
        },
      },
    ],
    piecewise: [
      {
        as: 'piecewise',
        call: train.piecewise,
        good: () => [[5], [0.1, 0.2]],
        args: {
          boundaries: listOf(integer(0), { min: 0 }),
          rates: listOf(number(0), { isOfOneLength: true }),
        },
      },
    ],
    standardGroups: [
      {
        as: 'standardGroups',
        call: train.standardGroups,
        good: () => [{}],
        args: { options: options({ weightDecay: number(0), strideLearningRateScale: number(0) }) },
      },
    ],
    crossEntropy: [
      {
        as: 'crossEntropy',
        call: (...given: Parameters<typeof train.crossEntropy>) =>
          tf.dispose(train.crossEntropy(...given)),
        good: () => [...two(), 0.1, [1, 1, 1]],
        args: {
          logits: except(logits, 'one axis more', 'one axis fewer'),
          labels,
          smoothing: share.filter(({ what }) => what !== 'undefined'),
          classWeights,
        },
      },
    ],
    binaryCrossEntropy: [
      {
        as: 'binaryCrossEntropy',
        call: (...given: Parameters<typeof train.binaryCrossEntropy>) =>
          tf.dispose(train.binaryCrossEntropy(...given)),
        good: () => [...two(), 0.1, [1, 1, 1]],
        args: {
          logits: except(logits, 'one axis more', 'one axis fewer'),
          labels,
          smoothing: share.filter(({ what }) => what !== 'undefined'),
          classWeights,
        },
      },
    ],
    averagePrecision: ranking('averagePrecision', train.averagePrecision),
    rocAuc: ranking('rocAuc', train.rocAuc),
    meanAveragePrecision: ranking('meanAveragePrecision', train.meanAveragePrecision, [1]),
    meanRocAuc: ranking('meanRocAuc', train.meanRocAuc, [1]),
    correctPredictions: [
      {
        as: 'correctPredictions',
        call: train.correctPredictions,
        good: two,
        args: { logits, labels },
      },
    ],
    predictionsWithin: [
      {
        as: 'predictionsWithin',
        call: train.predictionsWithin,
        good: () => [2, ...two()],
        args: { k: size(), logits, labels },
      },
    ],
    evaluate: [
      {
        as: 'evaluate',
        call: train.evaluate,
        good: () => [
          model(),
          {
            *[Symbol.iterator]() {
              yield { images: tf.ones([1, 4, 6, 2]), labels: tf.tensor2d([[0, 1]]) };
            },
          },
          {},
        ],
        args: {
          model: noModel,
          batches,
          options: options({
            signal,
            replicas: signal,
            losses: object.filter(({ what }) => what !== 'undefined'),
            classWeights: object.filter(({ what }) => what !== 'undefined'),
          }),
        },
      },
    ],
    recomputeStatistics: [
      {
        as: 'recomputeStatistics',
        call: train.recomputeStatistics,
        good: () => [
          tf.sequential({ layers: [tf.layers.batchNormalization({ inputShape: [4, 6, 2] })] }),
          {
            *[Symbol.iterator]() {
              yield { images: tf.ones([1, 4, 6, 2]), labels: tf.tensor2d([[0, 1]]) };
            },
          },
          {},
        ],
        args: {
          model: noModel,
          batches,
          options: options({ images: size(), signal }),
        },
      },
    ],
    train: [
      {
        as: 'train',
        call: train.train,
        good: () => [
          model(),
          {
            ...training(),
            lossWeights: [1],
            losses: ['crossEntropy'],
            classWeights: [null],
          },
        ],
        args: {
          model: noModel,
          options: options(
            {
              batches: callback(),
              epochs: integer(1),
              optimizer: object,
              schedule: callback(),
              evaluation: callback(),
              groups: object.filter(({ what }) => what !== ''),
              labelSmoothing: share,
              lossWeights: listOf(number(0), { isOfOneLength: true }),
              losses: listOf(oneOf('crossEntropy', 'binaryCrossEntropy'), { isOfOneLength: true }),
              classWeights: object.filter(({ what }) => what !== 'null' && what !== 'undefined'),
              penalty: callback(),
              onEvent: callback(),
              signal,
              replicas: signal,
              resume: object,
              readEvery: size(),
              sizeLag: integer(0, 1),
              activations: oneOf('float32', 'float16'),
              releaseEarly: boolean(),
            },
            { required: ['batches', 'epochs', 'optimizer', 'schedule'] },
          ),
        },
      },
      {
        as: 'train',
        call: (group: train.ParameterGroup) =>
          train.train(model(), { ...training(), groups: [{ matches: () => true }, group] }),
        good: () => [{ matches: () => false, learningRateScale: 1, weightDecay: 0 }],
        args: {
          'groups[1]': [
            ...object.filter(({ what }) => what !== ''),
            { what: 'a list', make: () => [] },
            ...except(
              options(
                {
                  matches: [...callback(), { what: 'an expression', make: () => /kernel/ }],
                  learningRateScale: number(0),
                  weightDecay: number(0),
                },
                { required: ['matches'] },
              ),
              'undefined',
              'null',
            ),
          ],
        },
      },
      {
        as: 'train',
        call: (checkpoints: train.CheckpointOptions) =>
          train.train(model(), { ...training(), checkpoints }),
        good: () => [{ save: () => {} }],
        args: {
          checkpoints: except(
            options({ every: number(1), save: callback() }, { required: ['save'] }),
            'undefined',
          ),
        },
      },
    ],
  },
  '@ds/train/checkpoints': {
    appendWhole: [
      {
        as: 'appendWhole',
        call: (file: string, content: string) =>
          file === 'file' && content === 'content' ? undefined : appendWhole(file, content),
        good: () => ['file', 'content'],
        args: { file: text(), content },
      },
    ],
    makeFolder: [
      {
        as: 'makeFolder',
        call: (folder: string) => (folder === 'folder' ? undefined : makeFolder(folder)),
        good: () => ['folder'],
        args: { folder: text() },
      },
    ],
    removeTemporaries: [
      {
        as: 'removeTemporaries',
        call: (folder: string) => (folder === 'folder' ? undefined : removeTemporaries(folder)),
        good: () => ['folder'],
        args: { folder: text() },
      },
    ],
    writeFileWhole: [
      {
        as: 'writeFileWhole',
        call: (file: string, given: string, chosen: object) =>
          file === 'file' && given === 'content' && chosen === RIGHT
            ? undefined
            : writeFileWhole(file, given, chosen),
        good: () => ['file', 'content', RIGHT],
        args: { file: text(), content, options: options({ mayWrite: callback() }) },
      },
    ],
    checkpointFolder: [
      {
        as: 'checkpointFolder',
        call: checkpointFolder,
        good: () => ['folder', {}],
        args: {
          folder: text(),
          options: options({
            keep: integer(1),
            of: object.filter(({ what }) => what !== 'undefined'),
            mayWrite: callback(),
            onWarning: callback(),
          }),
        },
      },
      {
        as: 'checkpointFolder().save',
        call: (state: train.TrainingState | true) =>
          state === true ? undefined : checkpointFolder('folder').save(state),
        good: () => [true],
        args: { state: object },
      },
    ],
  },
  '@ds/train/replicas': {
    ReplicaGroup: [
      {
        as: 'ReplicaGroup',
        call: (...given: ConstructorParameters<typeof ReplicaGroup>) => new ReplicaGroup(...given),
        good: () => [0, 1, new SharedArrayBuffer(64), () => {}],
        args: {
          rank: integer(0, 0),
          size: size(),
          control: [...object, { what: 'a buffer', make: () => new ArrayBuffer(64) }],
          memory: callback(),
        },
      },
      {
        as: 'ReplicaGroup.open',
        call: (length: number) =>
          new ReplicaGroup(
            0,
            1,
            new SharedArrayBuffer(64),
            async (numbers) => new SharedArrayBuffer(8 * numbers),
          ).open(length),
        good: () => [4],
        args: { length: [...integer(0), { what: '2 ** 31', make: () => 2 ** 31 }] },
      },
    ],
    replica: [
      {
        as: 'replica',
        call: (body: (() => void) | true) => (body === true ? undefined : replica(body)),
        good: () => [true],
        args: { body: callback() },
      },
    ],
    runReplicas: [
      {
        as: 'runReplicas',
        call: (module: string, chosen: object) =>
          module === 'module' && chosen === RIGHT ? undefined : runReplicas(module, chosen),
        good: () => ['module', RIGHT],
        args: {
          module: text(),
          options: options({ replicas: size(), onMessage: callback(), signal }),
        },
      },
    ],
  },
};
