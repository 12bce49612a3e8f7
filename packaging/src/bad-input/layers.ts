import * as layers from '@ds/layers';
import { type PreparedImage, prepareImage } from '@ds/layers/prepared';
import { describePooling } from '@ds/layers/testing';
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
  pair,
  size,
  tensor,
  text,
} from './kinds.js';
import { model, noModel } from './models-at-hand.js';
import type { Call, Table } from './trial.js';

const norm = oneOf('backward', 'ortho', 'forward');
const alignment = oneOf('published', 'symmetric');
const windowCenter = oneOf('zero', 'published');
const dataFormat = oneOf('channelsLast', 'channelsFirst');
const path = oneOf('auto', 'matrices', 'fft');
const strides = pair(number(1), true);
const integers = pair(integer(1), true);
const polyphase: Kind = [...integers, { what: 'too many components', make: () => 1e5 }];
const side = size();
const x = tensor();
const image = (): tf.Tensor => tf.ones([1, 4, 6, 2]);

const fixed = { strides, norm, dataFormat };
const filterSize = except(integer(1, 7), 'an empty list');
const filter = except(oneOf('binomial', 'kaiser'), 'undefined');
const blur = {
  filterSize,
  filter,
  padding: oneOf('reflect', 'circular'),
  dataFormat,
};
const border = oneOf('circular', 'reflect');
const dense = { ...blur, poolSize: integer(1) };
const diffStride = {
  smoothness: number(0),
  cropping: boolean(),
  alignment,
  norm,
  dataFormat,
  lowerLimit: number(0.125),
  upperLimit: except(number(1), 'Infinity'),
};
const fractional = {
  overlapping: boolean(),
  pseudoRandom: boolean(),
  seed: integer(),
  dataFormat,
};
const lps = {
  temperature: number(0, undefined, true),
  seed: integer(),
  dataFormat,
};
const aliasFree = { factor: integer(2, 8), dataFormat };
const tips = { averaging: oneOf('phase', 'quadrant'), dataFormat };
const mixer = () => ({ kernel: tf.ones([3, 3, 2, 1]), scale: tf.ones([2]) });
/** An op of TIPS with its mixer. */
const tipsOp = (as: string, call: Call['call']): Call[] => [
  {
    as,
    call,
    good: () => [image(), 2, mixer(), {}],
    args: {
      x,
      strides: polyphase,
      mixer: options({ kernel: x, scale: x }, { required: ['kernel', 'scale'], isStrict: false }),
      options: options(tips),
    },
  },
];

const { alignment: _alignment, ...dctDiffStride } = diffStride;

/** How a prepared image is pooled and written. */
const prepared = {
  norm,
  share: options(
    { index: integer(0, 1), of: integer(1) },
    { required: ['index', 'of'], isStrict: false },
  ),
  out: [...callback(), { what: 'a Float64Array', make: () => new Float64Array(99) }],
  pixelStride: size(2),
  scale: number(),
};
const { dataFormat: _, ...preparedDiffStride } = {
  ...diffStride,
  ...prepared,
  lowerLimit: number(1),
};

let built: layers.MaskedConv2D | null = null;

/** A convolution of two input channels with learned sizes. It is made once. */
function maskedConvolution(): layers.MaskedConv2D {
  if (!built) {
    built = new layers.MaskedConv2D({ filters: 4 });
    built.build([null, 4, 6, 2]);
  }
  return built;
}

/** A method of a prepared image. */
const preparedCall = (
  method: 'diffStride' | 'spectralPool',
  kinds: Record<string, Kind>,
): Call => ({
  as: `PreparedImage.${method}`,
  call: async (given: number, settings: object) =>
    preparedImage((one) => one[method](given, settings)),
  good: () => [2, { share: { index: 1, of: 2 } }],
  args: { strides, options: options(kinds) },
});

/** What a call of a prepared image gives. The image is ready before the call. */
async function preparedImage<Result>(use: (one: PreparedImage) => Promise<Result>) {
  const pixels = tf.ones([4, 6, 2]) as tf.Tensor3D;
  try {
    return await use(await prepareImage(pixels));
  } finally {
    pixels.dispose();
  }
}

const RIGHT = {};

/** An op that takes an image and options. */
const op = (as: string, call: Call['call'], kinds: Record<string, Kind>, good = {}): Call[] => [
  { as, call, good: () => [image(), good], args: { x, options: options(kinds) } },
];

/** An op that takes an image, strides and options. */
const strided = (as: string, call: Call['call'], by: Kind, kinds: Record<string, Kind>): Call[] => [
  {
    as,
    call,
    good: () => [image(), 2, RIGHT],
    args: { x, strides: optional(by), options: options(kinds) },
  },
];

/** An op with an output size instead of strides. */
const resized = (as: string, call: Call['call'], good = {}): Call => ({
  as,
  call,
  good: () => [image(), undefined, { ...good, outputSize: 2 }],
  args: { x: [], strides: [], options: options({ outputSize: size() }, { isStrict: false }) },
});

/** A layer with its configuration and the options of all layers. */
const layer = (
  as: string,
  of: new (config: never) => tf.layers.Layer,
  kinds: Record<string, Kind>,
  good = {},
  shape = [4, 6, 2],
): Call[] => [
  {
    as,
    call: (config: never) => new of(config),
    good: () => [good],
    args: { config: options({ ...kinds, name: text(), trainable: boolean() }) },
  },
  {
    as,
    call: (one: { call: (image: tf.Tensor, kwargs: object) => tf.Tensor }, image: tf.Tensor) =>
      one.call(image, {}),
    good: () => {
      const one = new of(good as never);
      one.apply(tf.input({ shape }));
      return [one, tf.ones([1, ...shape])];
    },
    args: { layer: [], x: except(tensor(), 'a nested list') },
  },
];

const matrices = (as: string, of: new () => { matrices?: unknown }): Call => ({
  as: `${as}.matrices`,
  call: (input: [number, number]) =>
    tf.dispose((new of().matrices as (input: [number, number]) => tf.TensorContainer)(input)),
  good: () => [[4, 6]],
  args: { input: pair(side) },
});

/** Sides or strides of a sound or a volume, each at least 1. */
const perAxis = (rank: 1 | 3, one: Kind): Kind => [
  ...one,
  { what: 'two numbers', make: () => [3, 3] },
  { what: 'a wrong one', make: () => [0.5, 3, 3].slice(0, rank) },
  { what: 'a text in it', make: () => ['a', 3, 3].slice(0, rank) },
];
/** An output side may be any wrong value but a number. */
const outputSides = (rank: 1 | 3) => perAxis(rank, oneOf('a'));

/** The op and the layers of one and three axes. */
const ranked = (rank: 1 | 3, shape: number[]): Table => {
  const of = layers as unknown as Record<string, never>;
  const x = tensor();
  const strides = perAxis(rank, number(1));
  const { dataFormat: format, alignment: rows, ...line } = diffStride;
  const spectral: Record<string, Kind> = { norm, ...(rank === 3 && { dataFormat }) };
  const learned: Record<string, Kind> = {
    ...line,
    ...(rank === 3 && { dataFormat: format, alignment: rows }),
  };
  const pathOf: Record<string, Kind> = rank === 1 ? { path } : {};
  const volume = () => tf.ones([1, ...shape]);
  const sides = shape.slice(0, -1);
  const names = {
    fixed: `spectralPool${rank}d`,
    learned: `diffStride${rank}d`,
    fixedLayer: `SpectralPool${rank}D`,
    learnedLayer: `DiffStride${rank}D`,
  };
  const method = (as: string, name: string, isBuilt: boolean): Call => ({
    as: `${as}.${name}`,
    call: (input: number[]) => {
      const one = new (of[as]! as new () => tf.layers.Layer)();
      if (isBuilt) one.build([1, ...shape]);
      const methods = one as never as Record<string, (input: number[]) => tf.TensorContainer>;
      try {
        tf.dispose(methods[name]!(input));
      } finally {
        for (const weight of one.weights) weight.dispose();
      }
    },
    good: () => [sides],
    args: { input: outputSides(rank) },
  });
  return {
    [names.fixed]: [
      {
        as: names.fixed,
        call: of[names.fixed]!,
        good: () => [volume(), 2, {}],
        args: { x, strides: optional(strides), options: options({ ...spectral, ...pathOf }) },
      },
      {
        as: names.fixed,
        call: of[names.fixed]!,
        good: () => [volume(), undefined, { outputSize: 2 }],
        args: { x: [], strides: [], options: options({ outputSize: size() }, { isStrict: false }) },
      },
    ],
    [names.learned]: [
      {
        as: names.learned,
        call: of[names.learned]!,
        good: () => [volume(), tf.ones([rank]), {}],
        args: {
          x,
          strides: except(tensor(), '3'),
          options: options({ ...learned, ...pathOf, outputSize: outputSides(rank) }),
        },
      },
      {
        as: names.learned,
        call: of[names.learned]!,
        good: () => [volume(), 2, {}],
        args: { x: [], strides },
      },
    ],
    [names.fixedLayer]: [
      ...layer(names.fixedLayer, of[names.fixedLayer]!, { ...spectral, strides }, {}, shape),
      method(names.fixedLayer, 'axisMatrices', false),
    ],
    [names.learnedLayer]: [
      ...layer(
        names.learnedLayer,
        of[names.learnedLayer]!,
        {
          ...learned,
          strides,
          strideGradientScale: number(0, undefined, true),
          ...(rank === 3 && { sharedStride: boolean() }),
        },
        {},
        shape,
      ),
      method(names.learnedLayer, 'axisMatrices', true),
      method(names.learnedLayer, 'outputSize', false),
      method(names.learnedLayer, 'reductionNote', false),
    ],
  };
};

const selector = () => ({
  kernel1: tf.ones([3, 3, 2, 2]),
  bias1: tf.ones([2]),
  kernel2: tf.ones([3, 3, 2, 2]),
  bias2: tf.ones([2]),
});

const fractionalPool = (as: string, call: Call['call']): Call[] => [
  ...op(as, call, fractional, { ratio: 1.5 }),
  {
    as,
    call,
    good: () => [image(), { ratio: 1.5 }],
    args: {
      x: [],
      options: options({ ratio: pair(number(1), true) }, { isStrict: false, required: [] }),
    },
  },
  {
    as,
    call,
    good: () => [image(), { outputSize: [2, 3] }],
    args: { x: [], options: options({ outputSize: pair(size(), true) }, { isStrict: false }) },
  },
  {
    as,
    call,
    good: () => [image(), { rows: [0, 2, 4], columns: [0, 3, 6] }],
    args: {
      x: [],
      options: options(
        { rows: listOf(integer(0)), columns: listOf(integer(0)) },
        { isStrict: false },
      ),
    },
  },
];

const interpolation = oneOf('nearest', 'bilinear');
const spectralUp = { strides, norm, dataFormat };
const blurUp = { filterSize: integer(1, 7), padding: border, dataFormat, strides: integers };
const interpolatedUp = { strides, interpolation, dataFormat };
const larger = () => tf.ones([1, 8, 12, 2]);
const grid = () => tf.tensor1d([3], 'int32');
const choice: Kind = [
  ...except(tensor(), 'int32'),
  { what: 'floats of one axis', make: () => tf.ones([1]) },
  { what: 'too many grids', make: () => tf.ones([1, 5]) },
];

/** An upsampling op, by strides and by an output size. */
const upsampling = (as: string, call: Call['call'], kinds: Record<string, Kind>): Call[] => [
  ...op(as, call, kinds),
  {
    as,
    call,
    good: () => [image(), { outputSize: [8, 12] }],
    args: {
      x: [],
      options: options({ outputSize: pair(size(), true) }, { isStrict: false }),
    },
  },
];

/** The configuration of a layer that needs several inputs, and a call with its inputs. */
const joining = (
  as: string,
  of: new (config: never) => tf.layers.Layer,
  kinds: Record<string, Kind>,
  inputs: () => tf.Tensor[],
): Call[] => [
  {
    as,
    call: (config: never) => new of(config),
    good: () => [{}],
    args: { config: options({ ...kinds, name: text(), trainable: boolean() }) },
  },
  {
    as,
    call: (...given: tf.Tensor[]) => new of({} as never).call(given, {}),
    good: () => [image(), ...inputs()],
    args: { x: except(tensor(), 'a nested list') },
  },
];

/** The ops and layers with one or three axes. */
const ofRank = (rank: 1 | 3): Table => {
  const at = (): tf.Tensor => tf.ones(rank === 1 ? [1, 6, 2] : [1, 4, 3, 6, 2]);
  const exported = layers as unknown as Record<string, never>;
  const format: Record<string, Kind> = rank === 1 ? {} : { dataFormat };
  const blurs = { filterSize, filter, padding: border, ...format };
  const windows = { ...blurs, poolSize: integer(1) };
  const draw = { overlapping: boolean(), pseudoRandom: boolean(), seed: integer(), ...format };
  const ratio = perAxis(rank, number(1));
  const whole = perAxis(rank, integer(1));
  const many = [...whole, { what: 'too many components', make: () => 1e5 }];
  const real = perAxis(rank, number(1));
  const steps = (name: string, by: Kind, kinds: Record<string, Kind>): Table => {
    const [as, called] = [`${name}${rank}d`, `${name[0]!.toUpperCase()}${name.slice(1)}${rank}D`];
    const good = () => [at(), 2, RIGHT];
    const args = { x, strides: optional(by), options: options(kinds) };
    const config = { ...kinds, strides: by };
    return {
      [as]: [{ as, call: exported[as]!, good, args }],
      [called]: layer(called, exported[called]!, config, {}, at().shape.slice(1)),
    };
  };
  const fractions = (name: string): Table => {
    const [as, called] = [`fractional${name}${rank}d`, `Fractional${name}${rank}D`];
    const call = exported[as]!;
    const good = () => [at(), { ratio: 1.5 }];
    const boundaries = at()
      .shape.slice(1, -1)
      .map((side) => [0, side]);
    const lists = listOf(listOf(integer(0)), { isOfOneLength: true });
    const config = { ...draw, ratio, samples: integer(1, 4096) };
    return {
      [as]: [
        { as, call, good, args: { x, options: options({ ...draw, ratio }) } },
        {
          as,
          call,
          good: () => [at(), { boundaries }],
          args: { x: [], options: options({ boundaries: lists }, { isStrict: false }) },
        },
      ],
      [called]: layer(called, exported[called]!, config, {}, at().shape.slice(1)),
    };
  };
  return {
    ...steps('blurPool', whole, blurs),
    ...steps('maxBlurPool', whole, windows),
    ...steps('avgBlurPool', whole, windows),
    ...steps('flcPool', real, { norm, modulus: boolean(), ...format }),
    ...steps('apsPool', many, { order: number(1), ...format }),
    ...fractions('MaxPool'),
    ...fractions('AvgPool'),
  };
};

/** The calls of `@ds/layers`. */
export const layersTables: Record<string, Table> = {
  '@ds/layers': {
    ...ofRank(1),
    ...ofRank(3),
    apsPool: strided('apsPool', layers.apsPool, polyphase, { order: number(1), dataFormat }),
    apsGrid: strided('apsGrid', layers.apsGrid, polyphase, { order: number(1), dataFormat }),
    spectralUpsample: upsampling('spectralUpsample', layers.spectralUpsample, {
      ...spectralUp,
      path,
    }),
    blurUpsample: upsampling('blurUpsample', layers.blurUpsample, blurUp),
    interpolatedUpsample: upsampling(
      'interpolatedUpsample',
      layers.interpolatedUpsample,
      interpolatedUp,
    ),
    polyphaseUpsample: [
      {
        as: 'polyphaseUpsample',
        call: layers.polyphaseUpsample,
        good: () => [image(), grid(), {}],
        args: { x, choice, options: options({ strides: polyphase, dataFormat }) },
      },
    ],
    fractionalUnpool: [
      {
        as: 'fractionalUnpool',
        call: layers.fractionalUnpool,
        good: () => [image(), larger(), { ratio: 2, seed: 1 }],
        args: {
          x,
          reference: tensor(),
          options: options({ ...fractional, kind: oneOf('max', 'average') }, { isStrict: false }),
        },
      },
    ],
    SpectralUpsample: [
      ...layer('SpectralUpsample', layers.SpectralUpsample, spectralUp),
      matrices('SpectralUpsample', layers.SpectralUpsample),
    ],
    BlurUpsample: [
      ...layer('BlurUpsample', layers.BlurUpsample, blurUp),
      matrices('BlurUpsample', layers.BlurUpsample),
    ],
    InterpolatedUpsample: [
      ...layer('InterpolatedUpsample', layers.InterpolatedUpsample, interpolatedUp),
      matrices('InterpolatedUpsample', layers.InterpolatedUpsample),
    ],
    PolyphaseUpsample: joining(
      'PolyphaseUpsample',
      layers.PolyphaseUpsample,
      { strides: polyphase, dataFormat },
      () => [grid()],
    ),
    FractionalUnpool: joining(
      'FractionalUnpool',
      layers.FractionalUnpool,
      {
        ...fractional,
        kind: oneOf('max', 'average'),
        samples: integer(1, 4096),
        ratio: pair(number(1), true),
        partner: [{ what: 'a number', make: () => 3 }],
      },
      () => [tf.ones([1, 6, 9, 2])],
    ),
    upsamplingLayer: [
      {
        as: 'upsamplingLayer',
        call: layers.upsamplingLayer,
        good: () => ['blur', { strides: [2, 2] }],
        args: {
          name: [...text(), { what: 'an unknown name', make: () => 'blurry' }],
          config: options({}).filter(({ what }) => what !== 'undefined'),
        },
      },
    ],
    upsamplingNames: [],
    partnerUpsampling: [
      {
        as: 'partnerUpsampling',
        call: layers.partnerUpsampling,
        good: () => ['blur'],
        args: { pooling: text() },
      },
    ],
    asapPool: [
      ...strided('asapPool', layers.asapPool, strides, { norm, dataFormat, windowCenter }),
      resized('asapPool', layers.asapPool),
    ],
    flcPool: [
      ...strided('flcPool', layers.flcPool, strides, { norm, dataFormat, modulus: boolean() }),
      resized('flcPool', layers.flcPool),
    ],
    blurPool: [
      ...strided('blurPool', layers.blurPool, integers, blur),
      resized('blurPool', layers.blurPool, { padding: 'replicate' }),
    ],
    padImage: [
      {
        as: 'padImage',
        call: layers.padImage,
        good: () => [image(), 1, RIGHT],
        args: { x, margins: size(0), options: options({ border, dataFormat }) },
      },
    ],
    blurFilter: [
      {
        as: 'blurFilter',
        call: layers.blurFilter,
        good: () => [2, { filter: 'kaiser', filterSize: 5, attenuation: 40 }],
        args: {
          stride: integer(1),
          options: options({ filterSize: integer(1, 1023), filter, attenuation: number(21, 120) }),
        },
      },
    ],
    maxBlurPool: strided('maxBlurPool', layers.maxBlurPool, integers, dense),
    avgBlurPool: strided('avgBlurPool', layers.avgBlurPool, integers, dense),
    fractionalMaxPool: fractionalPool('fractionalMaxPool', layers.fractionalMaxPool),
    fractionalAvgPool: fractionalPool('fractionalAvgPool', layers.fractionalAvgPool),
    fractionalSequence: [
      {
        as: 'fractionalSequence',
        call: layers.fractionalSequence,
        good: () => [7, 4, { seed: 1 }],
        args: {
          inputSize: size(),
          outputSize: size(),
          options: options(
            { seed: integer(), pseudoRandom: boolean(), stream: integer(0, 2) },
            { required: ['seed'] },
          ),
        },
      },
    ],
    lpsPool: [
      {
        as: 'lpsPool',
        call: layers.lpsPool,
        good: () => [image(), 2, selector(), {}],
        args: {
          x,
          strides: polyphase,
          selector: options(
            { kernel1: x, bias1: x, kernel2: x, bias2: x },
            { required: ['kernel1', 'bias1', 'kernel2', 'bias2'], isStrict: false },
          ),
          options: options({ ...lps, soft: boolean() }),
        },
      },
    ],
    polynomialActivation: [
      {
        as: 'polynomialActivation',
        call: layers.polynomialActivation,
        good: () => [image(), tf.ones([3, 2]), {}],
        args: { x, coefficients: x, options: options(aliasFree) },
      },
    ],
    upsampledRelu: op('upsampledRelu', layers.upsampledRelu, aliasFree),
    tipsPool: tipsOp('tipsPool', layers.tipsPool),
    tipsWeights: tipsOp('tipsWeights', layers.tipsWeights),
    tipsMixingLoss: [
      {
        as: 'tipsMixingLoss',
        call: layers.tipsMixingLoss,
        good: () => [tf.ones([1, 2, 4])],
        args: { weights: x },
      },
    ],
    tipsUndoLoss: [
      {
        as: 'tipsUndoLoss',
        call: layers.tipsUndoLoss,
        good: () => [image(), mixer().kernel, [1, 0]],
        args: { x, kernel: x, shift: pair(integer()) },
      },
    ],
    spectralPool: [
      ...strided('spectralPool', layers.spectralPool, strides, { norm, dataFormat, path }),
      resized('spectralPool', layers.spectralPool),
    ],
    spectralPath: [
      {
        as: 'spectralPath',
        call: layers.spectralPath,
        good: () => [
          [1, 8, 6, 2],
          [2, 2],
        ],
        args: { shape: listOf(integer(1), { isOfOneLength: true }), outputSize: pair(integer(1)) },
      },
    ],
    // Both take any value.
    isDiffStride: [],
    isMaskedConv2D: [],
    isMaskedDepth: [],
    // An error is not checked.
    MapSizeError: [],
    MaskedConv2D: [
      {
        as: 'MaskedConv2D',
        call: (config: layers.MaskedConv2DConfig) => new layers.MaskedConv2D(config),
        good: () => [{ filters: 4 }],
        args: {
          config: options(
            {
              filters: size(),
              kernelSize: [2, 0, 'x', [3], [3, 2]].map((wrong) => ({
                what: JSON.stringify(wrong),
                make: () => wrong,
              })),
              learnsKernel: boolean(),
              learnsWidth: boolean(),
              initialKernelSize: number(0, 7, true).filter(({ what }) => what !== '7'),
              minKernelSize: number(1),
              initialFilters: number(0, 4, true).filter(({ what }) => what !== '4'),
              minFilters: number(1, 4),
              temperature: number(0, undefined, true),
              threshold: number(0, 1, true),
              cropping: boolean(),
              inputChannels: size(),
              useBias: boolean(),
              seed: integer(),
              name: text(),
            },
            { required: ['filters'] },
          ),
        },
      },
      {
        as: 'MaskedConv2D.croppedWeights',
        call: (inputs: number) => {
          const { kernel, bias } = maskedConvolution().croppedWeights(inputs);
          tf.dispose([kernel, bias!]);
        },
        good: () => [2],
        args: { inputs: [...size(), { what: 'more than it has', make: () => 3 }] },
      },
    ],
    MaskedDepth: [
      {
        as: 'MaskedDepth',
        call: (config: layers.MaskedDepthConfig) => new layers.MaskedDepth(config),
        good: () => [{ blocks: [model()] }],
        args: {
          config: options(
            {
              blocks: [
                ...noModel.map((bad) => ({ ...bad, make: () => [bad.make(0)] })),
                { what: 'no list', make: model },
                { what: 'none', make: () => [] },
              ],
              initialDepth: number(1, 1),
              minDepth: number(0, undefined, true),
              temperature: number(0, undefined, true),
              threshold: number(0, 1, true),
              name: text(),
            },
            { required: ['blocks'] },
          ),
        },
      },
    ],
    isDctDiffStride: [],
    dctPool: strided('dctPool', layers.dctPool, strides, { norm, dataFormat }),
    dctDiffStride: [
      {
        as: 'dctDiffStride',
        call: layers.dctDiffStride,
        good: () => [image(), tf.tensor1d([2, 2]), {}],
        args: {
          x,
          strides: except(tensor(), '3'),
          options: options({ ...dctDiffStride, outputSize: pair(side) }),
        },
      },
      {
        as: 'dctDiffStride',
        call: layers.dctDiffStride,
        good: () => [image(), 2, {}],
        args: { x: [], strides },
      },
    ],
    diffStride: [
      {
        as: 'diffStride',
        call: layers.diffStride,
        good: () => [image(), tf.tensor1d([2, 2]), {}],
        args: {
          x,
          strides: except(tensor(), '3'),
          options: options({ ...diffStride, path, outputSize: pair(side) }),
        },
      },
      {
        as: 'diffStride',
        call: layers.diffStride,
        good: () => [image(), 2, {}],
        args: { x: [], strides },
      },
    ],
    resample: [
      {
        as: 'resample',
        call: layers.resample,
        good: () => [image(), tf.ones([2, 4]), tf.ones([3, 6])],
        args: { x, rows: tensor(), columns: tensor() },
      },
    ],
    ApsPool: layer('ApsPool', layers.ApsPool, {
      strides: polyphase,
      order: number(1),
      dataFormat,
      returnsChoice: boolean(),
    }),
    AsapPool: [
      ...layer('AsapPool', layers.AsapPool, { ...fixed, windowCenter }),
      matrices('AsapPool', layers.AsapPool),
    ],
    FlcPool: [
      ...layer('FlcPool', layers.FlcPool, { ...fixed, modulus: boolean() }),
      matrices('FlcPool', layers.FlcPool),
    ],
    BlurPool: [
      ...layer('BlurPool', layers.BlurPool, { ...blur, strides: integers }),
      {
        ...matrices('BlurPool', layers.BlurPool),
        call: (input: [number, number]) => tf.dispose(new layers.BlurPool().matrices(input)),
      },
    ],
    PadImage: [
      ...layer('PadImage', layers.PadImage, { margins: size(0), border, dataFormat }),
      {
        ...matrices('PadImage', layers.PadImage),
        call: (input: [number, number]) => tf.dispose(new layers.PadImage().matrices(input)),
      },
    ],
    MaxBlurPool: layer('MaxBlurPool', layers.MaxBlurPool, { ...dense, strides: integers }),
    AvgBlurPool: layer('AvgBlurPool', layers.AvgBlurPool, { ...dense, strides: integers }),
    ...ranked(1, [6, 2]),
    ...ranked(3, [4, 3, 6, 2]),
    SpectralPool: [
      ...layer('SpectralPool', layers.SpectralPool, fixed),
      {
        ...matrices('SpectralPool', layers.SpectralPool),
        call: (input: [number, number]) => tf.dispose(new layers.SpectralPool().matrices(input)),
      },
    ],
    DiffStride: [
      ...layer('DiffStride', layers.DiffStride, {
        ...diffStride,
        strides,
        sharedStride: boolean(),
        strideGradientScale: number(0, undefined, true),
      }),
      {
        as: 'DiffStride.outputSize',
        call: (input: [number, number]) => new layers.DiffStride().outputSize(input),
        good: () => [[8, 6]],
        args: { input: pair(side) },
      },
      {
        as: 'DiffStride.reductionNote',
        call: (input: [number, number]) => new layers.DiffStride().reductionNote(input),
        good: () => [[8, 6]],
        args: { input: pair(side) },
      },
    ],
    DctPool: [...layer('DctPool', layers.DctPool, fixed), matrices('DctPool', layers.DctPool)],
    DctDiffStride: [
      ...layer('DctDiffStride', layers.DctDiffStride, {
        ...dctDiffStride,
        strides,
        sharedStride: boolean(),
        strideGradientScale: number(0, undefined, true),
      }),
      {
        as: 'DctDiffStride.outputSize',
        call: (input: [number, number]) => new layers.DctDiffStride().outputSize(input),
        good: () => [[8, 6]],
        args: { input: pair(side) },
      },
      {
        as: 'DctDiffStride.reductionNote',
        call: (input: [number, number]) => new layers.DctDiffStride().reductionNote(input),
        good: () => [[8, 6]],
        args: { input: pair(side) },
      },
    ],
    FractionalMaxPool: layer('FractionalMaxPool', layers.FractionalMaxPool, {
      ...fractional,
      samples: integer(1, 4096),
      ratio: pair(number(1), true),
    }),
    FractionalAvgPool: layer('FractionalAvgPool', layers.FractionalAvgPool, {
      ...fractional,
      samples: integer(1, 4096),
      ratio: pair(number(1), true),
    }),
    LpsPool: [
      ...layer('LpsPool', layers.LpsPool, {
        ...lps,
        strides: polyphase,
        hidden: size(),
        returnsChoice: boolean(),
      }),
      {
        as: 'LpsPool',
        call: (temperature: number) => Object.assign(new layers.LpsPool(), { temperature }),
        good: () => [2],
        args: { temperature: number(0, undefined, true) },
      },
    ],
    PolynomialActivation: layer('PolynomialActivation', layers.PolynomialActivation, aliasFree),
    UpsampledRelu: layer('UpsampledRelu', layers.UpsampledRelu, aliasFree),
    TipsPool: [
      ...layer('TipsPool', layers.TipsPool, {
        ...tips,
        strides: polyphase,
        seed: integer(),
        maxShift: integer(0),
        mixingLoss: number(0),
        undoLoss: number(0),
      }),
      ...(['mixingLoss', 'undoLoss'] as const).map((factor) => ({
        as: 'TipsPool',
        call: (value: number) => Object.assign(new layers.TipsPool(), { [factor]: value }),
        good: () => [2],
        args: { [factor]: number(0) },
      })),
    ],
    registerPooling: [
      {
        as: 'registerPooling',
        call: (name: string, factory: layers.PoolingFactory, traits: layers.PoolingTraits<2>) =>
          layers.registerPooling(
            name === 'good' ? `${name}${Math.random()}` : name,
            factory,
            traits,
          ),
        good: () => ['good', () => new layers.BlurPool(), {}],
        args: {
          name: text(),
          factory: callback(),
          traits: options({
            placement: oneOf('convolution', 'activation'),
            absentAtStrideOne: boolean(),
            padsBorders: boolean(),
            ranks: [
              { what: '0 in it', make: () => [0] },
              { what: 'a number', make: () => 2 },
              { what: 'an empty list', make: () => [] },
            ],
          }),
        },
      },
    ],
    poolingLayer: [
      {
        as: 'poolingLayer',
        call: layers.poolingLayer,
        good: () => ['lps', { strides: [2, 2] }],
        args: {
          name: text(),
          config: options(
            {
              rank: [
                { what: '4', make: () => 4 },
                { what: 'a rank that lps lacks', make: () => 3 },
              ],
            },
            { isStrict: false },
          ),
        },
      },
      ...['average', 'max'].map((as) => ({
        as,
        call: (config: layers.PoolingConfig) => layers.poolingLayer(as, config),
        good: () => [{ strides: [2, 2], padding: 'same' }],
        args: {
          config: options({
            strides: integers,
            padding: oneOf('same', 'valid'),
            dataFormat,
          }).filter(({ what }) => what.includes(':') || what.includes(' for ')),
        },
      })),
    ],
    poolingNames: [],
    poolingTraits: [
      {
        as: 'poolingTraits',
        call: layers.poolingTraits,
        good: () => ['blur'],
        args: { name: [...text(), { what: 'an unknown name', make: () => 'blurry' }] },
      },
    ],
    measureMultiplyAdds: [
      {
        as: 'measureMultiplyAdds',
        call: layers.measureMultiplyAdds,
        good: () => [tf.layers.dense({ units: 2 }), [[3]]],
        args: {
          layer: noModel,
          inputShapes: listOf(listOf(size(), { min: 0 })),
          op: optional(text()),
        },
      },
    ],
    refreshStrides: [
      {
        as: 'refreshStrides',
        call: layers.refreshStrides,
        good: () => [model()],
        args: { model: noModel },
      },
    ],
    strideMirror: [
      {
        as: 'strideMirror',
        call: layers.strideMirror,
        good: () => [model(), {}],
        args: { model: noModel, options: options({ every: size() }) },
      },
    ],
  },
  '@ds/layers/prepared': {
    prepareImage: [
      {
        as: 'prepareImage',
        call: prepareImage,
        good: () => [tf.ones([4, 6, 2])],
        args: { x },
      },
      preparedCall('diffStride', preparedDiffStride),
      preparedCall('spectralPool', prepared),
      {
        as: 'PreparedImage.rest',
        call: (axis: 'rows') =>
          preparedImage(async (one) => {
            await one.diffStride(2);
            await one.rest(axis);
          }),
        good: () => ['rows'],
        args: { axis: oneOf('rows', 'columns') },
      },
    ],
  },
  '@ds/layers/testing': {
    describePooling: [
      {
        as: 'describePooling',
        // A valid call declares tests, which is not possible inside a test.
        call: (name: string, chosen: object) => {
          if (name !== 'blur' || chosen !== RIGHT) describePooling(name, chosen);
        },
        good: () => ['blur', RIGHT],
        args: {
          name: [...text(), { what: 'an unknown name', make: () => 'blurry' }],
          options: options({
            strides,
            rank: [{ what: '4', make: () => 4 }],
            hasDataFormat: boolean(),
            checksDtype: boolean(),
            refuses: callback(),
          }),
        },
      },
    ],
  },
};
