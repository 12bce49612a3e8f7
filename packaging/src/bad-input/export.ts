import * as exported from '@ds/export';
import * as tf from '@tensorflow/tfjs';
import { boolean, callback, type Kind, oneOf, options, text } from './kinds.js';
import { model, noModel } from './models-at-hand.js';
import type { Call, Table } from './trial.js';

/** Shapes of inputs that do not suit a model of one image [4, 6, 2]. */
const inputShape: Kind = [
  ['null', null],
  ['a text', 'text'],
  ['3', 3],
  ['a negative size', [4, -6, 2]],
  ['a fraction', [4, 6.5, 2]],
  ['NaN', [4, Number.NaN, 2]],
  ['too few sizes', [4, 6]],
  ['another size', [4, 8, 2]],
  [
    'two shapes',
    [
      [4, 6, 2],
      [4, 6, 2],
    ],
  ],
].map(([what, wrong]) => ({ what: `${what}`, make: () => wrong }));

/** A layer without a converter. */
const unknownLayer: Kind = [
  {
    what: 'a model with a RepeatVector',
    make: () => tf.sequential({ layers: [tf.layers.repeatVector({ n: 1, inputShape: [2] })] }),
    names: ['RepeatVector', 'converter'],
  },
].map((bad) => ({ ...bad, make: once(bad.make) }));

/** Makes a model once, so that no trial leaves its weights. */
function once<T>(make: () => T): () => T {
  const made = make();
  return () => made;
}

const writer = (as: string, call: Call['call'], kinds: Record<string, Kind>): Call[] => [
  {
    as,
    call,
    good: () => [model(), {}],
    args: { model: [...noModel, ...unknownLayer], options: options({ ...kinds, inputShape }) },
  },
];

let registered = 0;

/** The calls of `@ds/export`. */
export const exportTables: Record<string, Table> = {
  '@ds/export': {
    toOnnx: writer('toOnnx', exported.toOnnx, {
      layout: oneOf('nhwc', 'nchw'),
      float16: boolean(),
    }),
    toGraphModel: writer('toGraphModel', exported.toGraphModel, { float16: boolean() }),
    registerConverter: [
      {
        as: 'registerConverter',
        call: exported.registerConverter,
        good: () => [`Class${++registered}`, () => []],
        args: {
          className: [...text(), { what: 'one that has a converter', make: () => 'Dense' }],
          converter: callback(),
        },
      },
    ],
  },
};
