import * as data from '@ds/data';
import * as audio from '@ds/data/audio';
import { MelSpectrogram, spectrogram as spectrogramOp } from '@ds/data/mel-layer';
import * as tf from '@tensorflow/tfjs';
import {
  boolean,
  callback,
  except,
  integer,
  type Kind,
  list,
  listOf,
  nullable,
  number,
  oneOf,
  optional,
  options,
  size,
  tensor,
  text,
} from './kinds.js';
import type { Call, Table } from './trial.js';

const object: Kind = [null, undefined, 3, 'text', []].map((wrong) => ({
  what: `${wrong}`,
  make: () => wrong,
}));
const words: Kind = [...object, { what: 'an empty text in it', make: () => [''] }];
const rate = size();
const positive = number(0, undefined, true);

const images = (): data.ImageSet => ({
  images: new Uint8Array(2 * 12),
  labels: Uint8Array.from([0, 1]),
  count: 2,
  shape: [2, 2, 3],
});
const files = (): data.ImageFileSet => ({
  files: ['a.png', 'b.png'],
  labels: Uint16Array.from([0, 1]),
  count: 2,
});
const imageSet = options(
  { images: list(), labels: list(), count: size(), shape: listOf(size(), { isOfOneLength: true }) },
  { required: ['images', 'labels', 'count', 'shape'], isStrict: false },
);
const fileSet = options(
  { files: list(), labels: list(), count: size() },
  { required: ['files', 'labels', 'count'], isStrict: false },
);
const three = listOf(number(), { isOfOneLength: true });
const shuffle = options({ seed: integer(), epoch: integer() }, { required: ['seed', 'epoch'] });
const batchKinds = {
  batchSize: size(),
  classes: size(),
  mean: three,
  std: listOf(positive, { isOfOneLength: true }),
  shuffle: except(shuffle, 'undefined'),
  mixup: number(0),
};
const batchOptions = {
  batchSize: 2,
  classes: 2,
  mean: [0, 0, 0],
  std: [1, 1, 1],
  shuffle: { seed: 1, epoch: 0 },
};

/**
 * The call of a loader. Its folder does not exist, so only wrong options are tried.
 */
const loader = (
  as: string,
  load: (chosen: never) => Promise<unknown>,
  kinds: Record<string, Kind>,
  good: object,
): Call[] => [
  {
    as,
    call: (chosen: never) => ((chosen as object) === good ? undefined : load(chosen)),
    good: () => [good],
    args: { options: options(kinds, { required: 'folder' in kinds ? ['folder'] : ['table'] }) },
  },
];

const frontEnd = { sampleRate: 8000, frameLength: 16, hopLength: 8, bands: 4 };
const mel = {
  sampleRate: positive,
  lowest: number(0),
  highest: number(0),
  scale: oneOf('slaney', 'htk'),
  norm: oneOf('slaney', 'none'),
  triangles: oneOf('hertz', 'mel'),
};
const spectrogram = {
  ...mel,
  frameLength: size(),
  hopLength: size(),
  fftLength: size(),
  bands: nullable(size()),
  center: boolean(),
  power: integer(1, 2),
  compression: oneOf('log', 'decibel', 'none'),
  offset: positive,
};
const frontEndNames = ['sampleRate', 'frameLength', 'hopLength', 'bands'];
const samples = [...except(list({ min: 0 }), 'one too few', 'one too many')];
const sound: Kind = [...samples, { what: 'a plain list', make: () => [0, 1] }];

const clips = [{ file: 'none.wav', labels: [0], source: 'a' }];
const clipsKind: Kind = [...object];
const soundOptions = { batchSize: 2, frontEnd, seconds: 0.01, mean: 0, std: 1 };
const dataset = { tasks: [{ name: 'word', classes: ['a', 'b'] }] };
const NONE = {};
const IMAGE = { size: 2, crop: 1, mean: [0, 0, 0], std: [1, 1, 1], classes: ['a'] };
const RIGHT = { ...soundOptions, shuffle: { seed: 1, epoch: 0 } };
const WAV = new Uint8Array(1);
const LISTEN = () => {};
const SOME = { frontEnd, seconds: 0.01 };

const input = () => ({
  frontEnd,
  seconds: 0.01,
  mean: 0,
  std: 1,
  tasks: [{ name: 'word', classes: ['a', 'b'] }],
});

/** Wrong descriptions of a network for sounds. */
const soundInput = options(
  {
    frontEnd: object.filter(({ what }) => what !== ''),
    seconds: positive,
    mean: number(),
    std: positive,
    tasks: [
      ...object,
      { what: 'null in it', make: () => [null] },
      { what: 'a task without classes', make: () => [{ name: 'word' }] },
    ],
  },
  { required: ['frontEnd', 'seconds', 'mean', 'std', 'tasks'], isStrict: false },
);

/** The calls of `@ds/data`. */
export const dataTables: Record<string, Table> = {
  '@ds/data': {
    randomStream: [
      {
        as: 'randomStream',
        call: (seed: number) => data.randomStream(seed),
        good: () => [1],
        args: { seeds: integer() },
      },
      {
        as: 'randomStream().integer',
        call: (from: number, to: number) => data.randomStream(1).integer(from, to),
        good: () => [0, 5],
        args: { from: integer(), to: integer(0) },
      },
    ],
    permutation: [
      {
        as: 'permutation',
        call: data.permutation,
        good: () => [5, 1],
        args: { count: size(0), seeds: integer() },
      },
    ],
    subset: [
      {
        as: 'subset',
        call: data.subset,
        good: () => [images(), 1, 1],
        args: { set: imageSet, count: size(), seed: integer() },
      },
    ],
    subsetIndices: [
      {
        as: 'subsetIndices',
        call: data.subsetIndices,
        good: () => [[0, 1, 0], 2, 1],
        args: { labels: listOf(integer(0)), count: size(), seed: integer() },
      },
    ],
    holdOut: [
      {
        as: 'holdOut',
        call: data.holdOut,
        good: () => [images(), 1, 1],
        args: { set: imageSet, count: size(), seed: integer() },
      },
    ],
    holdOutFiles: [
      {
        as: 'holdOutFiles',
        call: data.holdOutFiles,
        good: () => [files(), 1, 1],
        args: { set: fileSet, count: size(), seed: integer() },
      },
    ],
    subsetOfFiles: [
      {
        as: 'subsetOfFiles',
        call: data.subsetOfFiles,
        good: () => [files(), 1, 1],
        args: { set: fileSet, count: size(), seed: integer() },
      },
    ],
    holdOutSounds: [
      {
        as: 'holdOutSounds',
        call: data.holdOutSounds,
        good: () => [dataset, [...clips, { ...clips[0], source: 'b' }], 1, 1, ['word']],
        args: {
          dataset: [...object, { what: 'no tasks', make: () => ({ tasks: [] }) }],
          clips: [
            ...object,
            { what: 'null in it', make: () => [null, null] },
            {
              what: 'a clip without labels',
              make: () => ['a', 'b'].map((source) => ({ file: source, source })),
            },
            {
              what: 'a label too many',
              make: () => ['a', 'b'].map((source) => ({ ...clips[0], source, labels: [0, 0] })),
            },
          ],
          count: size(),
          seed: integer(),
          tasks: [...except(words, 'undefined'), { what: 'an unknown one', make: () => ['mood'] }],
        },
      },
    ],
    subsetOfSounds: [
      {
        as: 'subsetOfSounds',
        call: data.subsetOfSounds,
        good: () => [dataset, clips, 1, 1, ['word']],
        args: {
          dataset: [...object, { what: 'no tasks', make: () => ({ tasks: [] }) }],
          clips: [
            ...object,
            { what: 'null in it', make: () => [null] },
            { what: 'a clip without labels', make: () => [{ file: 'a', source: 'a' }] },
            { what: 'a label too many', make: () => [{ ...clips[0], labels: [0, 0] }] },
          ],
          count: size(),
          seed: integer(),
          tasks: [...except(words, 'undefined'), { what: 'an unknown one', make: () => ['mood'] }],
        },
      },
    ],
    batches: [
      {
        as: 'batches',
        call: (...given: Parameters<typeof data.batches>) => {
          for (const batch of data.batches(...given)) tf.dispose([batch.images, batch.labels]);
        },
        good: () => [images(), batchOptions],
        args: {
          set: imageSet,
          options: options(
            {
              ...batchKinds,
              augmentation: except(options({ padding: integer(0), flip: boolean() })),
            },
            { required: ['batchSize', 'classes', 'mean', 'std'] },
          ),
        },
      },
    ],
    imageFolderBatches: [
      {
        as: 'imageFolderBatches',
        call: data.imageFolderBatches,
        good: () => [files(), { ...batchOptions, size: 8 }],
        args: {
          set: fileSet,
          options: options(
            {
              ...batchKinds,
              size: size(),
              prefetch: integer(0),
              onNote: callback(),
              augmentation: options({ randomResizedCrop: boolean(), flip: boolean() }),
            },
            { required: ['batchSize', 'classes', 'size', 'mean', 'std'] },
          ),
        },
      },
    ],
    CIFAR10: [],
    fetchCifar10: [
      {
        as: 'fetchCifar10',
        call: (chosen: data.FetchCifar10Options) =>
          (chosen as object) === NONE ? undefined : data.fetchCifar10(chosen),
        good: () => [NONE],
        args: {
          options: options({ cacheFolder: text(), onProgress: callback() }).filter(
            ({ what }) => !what.includes(': ') || what.startsWith('cacheFolder'),
          ),
        },
      },
    ],
    loadCifar10: [
      {
        as: 'loadCifar10',
        call: (chosen: data.Cifar10Options) =>
          (chosen as object) === NONE ? undefined : data.loadCifar10(chosen),
        good: () => [NONE],
        args: {
          options: options({ folder: text(), cacheFolder: text(), onProgress: callback() }).filter(
            ({ what }) => !what.includes(': ') || what.startsWith('folder'),
          ),
        },
      },
    ],
    loadCifar100: loader(
      'loadCifar100',
      data.loadCifar100,
      { folder: text(), labels: oneOf('fine', 'coarse') },
      { folder: 'none' },
    ),
    loadMnist: loader('loadMnist', data.loadMnist, { folder: text() }, { folder: 'none' }),
    loadFashionMnist: loader(
      'loadFashionMnist',
      data.loadFashionMnist,
      { folder: text() },
      { folder: 'none' },
    ),
    openImageFolder: loader(
      'openImageFolder',
      data.openImageFolder,
      { folder: text(), train: text(), test: text() },
      { folder: 'none' },
    ),
    openEsc50: loader(
      'openEsc50',
      data.openEsc50,
      { folder: text(), testFold: integer(1, 5) },
      { folder: 'none' },
    ),
    openNsynth: loader(
      'openNsynth',
      data.openNsynth,
      { folder: text(), tasks: words },
      { folder: 'none', tasks: ['pitch'] },
    ),
    openSoundFolder: loader(
      'openSoundFolder',
      data.openSoundFolder,
      { folder: text(), testShare: number(0, 1, true), sourceOf: callback() },
      { folder: 'none' },
    ),
    openSoundPattern: loader(
      'openSoundPattern',
      data.openSoundPattern,
      {
        folder: text(),
        pattern: text(),
        tasks: words,
        test: object,
        validation: object,
        source: text(),
      },
      { folder: 'none', pattern: '{a}.wav', tasks: ['a'], test: { a: ['1'] } },
    ),
    openSoundTable: loader(
      'openSoundTable',
      data.openSoundTable,
      {
        table: text(),
        tasks: words,
        labelSeparator: text(),
        fileColumn: text(),
        splitColumn: text(),
        sourceColumn: text(),
        testShare: number(0, 1, true),
      },
      { table: 'none', tasks: ['a'] },
    ),
    openSpeechCommands: loader(
      'openSpeechCommands',
      data.openSpeechCommands,
      { folder: text() },
      { folder: 'none' },
    ),
    soundBatches: [
      {
        as: 'soundBatches',
        call: (...given: Parameters<typeof data.soundBatches>) =>
          given.includes(RIGHT as never) && given[0] === dataset && given[1] === clips
            ? undefined
            : data.soundBatches(...given).next(),
        good: () => [dataset, clips, RIGHT],
        args: {
          dataset: object,
          clips: clipsKind,
          options: options(
            {
              batchSize: size(),
              tasks: words,
              frontEnd: object.filter(({ what }) => what !== ''),
              seconds: positive,
              mean: number(),
              std: positive,
              shuffle,
              specAugment: object.filter(({ what }) => what !== 'undefined'),
              cache: object,
              onNote: callback(),
            },
            { required: ['batchSize', 'frontEnd', 'seconds', 'mean', 'std'] },
          ),
        },
      },
    ],
    EVALUATION_CROP: [],
    imageFiles: [
      {
        as: 'imageFiles',
        call: (folder: string) => (folder === 'none' ? undefined : data.imageFiles(folder)),
        good: () => ['none'],
        args: { folder: text() },
      },
    ],
    prepareImageFile: [
      {
        as: 'prepareImageFile',
        call: (...given: Parameters<typeof data.prepareImageFile>) =>
          given[0] === 'none' && given[1] === IMAGE && given[2] === LISTEN
            ? undefined
            : data.prepareImageFile(...given),
        good: () => ['none', IMAGE, LISTEN],
        args: {
          file: text(),
          input: options(
            {
              size: size(),
              crop: positive,
              mean: listOf(number(), { isOfOneLength: true }),
              std: listOf(positive, { isOfOneLength: true }),
              classes: except(list(), 'one too many'),
            },
            { required: ['size', 'crop', 'mean', 'std', 'classes'] },
          ),
          onNote: optional(callback()),
        },
      },
    ],
    soundFiles: [
      {
        as: 'soundFiles',
        call: (folder: string) => (folder === 'none' ? undefined : data.soundFiles(folder)),
        good: () => ['none'],
        args: { folder: text() },
      },
    ],
    decodeSound: [
      {
        as: 'decodeSound',
        call: async (...given: Parameters<typeof data.decodeSound>) =>
          given[0] === WAV && given[1] === 'file' && given[2] === LISTEN
            ? undefined
            : data.decodeSound(...given),
        good: () => [WAV, 'file', LISTEN],
        args: {
          bytes: sound,
          name: except(text(), 'undefined'),
          onNote: except(callback(), 'undefined'),
        },
      },
    ],
    soundPieces: [
      {
        as: 'soundPieces',
        call: (file: string, onNote: () => void) =>
          file === 'none' && onNote === LISTEN ? undefined : data.soundPieces(file, onNote),
        good: () => ['none', LISTEN],
        args: { file: text(), onNote: except(callback(), 'undefined') },
      },
    ],
    wavPieces: [
      {
        as: 'wavPieces',
        call: (file: string, onNote: () => void) =>
          file === 'none' && onNote === LISTEN ? undefined : data.wavPieces(file, onNote),
        good: () => ['none', LISTEN],
        args: { file: text(), onNote: except(callback(), 'undefined') },
      },
    ],
    soundStatistics: [
      {
        as: 'soundStatistics',
        call: (...given: Parameters<typeof data.soundStatistics>) =>
          given[0] === clips && (given[1] as object) === SOME && given[2] === 2
            ? undefined
            : data.soundStatistics(...given),
        good: () => [clips, SOME, 2],
        args: {
          clips: clipsKind,
          options: options(
            {
              frontEnd: object.filter(({ what }) => what !== ''),
              seconds: positive,
              cache: object,
              onNote: callback(),
            },
            { required: ['frontEnd', 'seconds'] },
          ),
          count: except(size(), 'undefined'),
        },
      },
    ],
  },
  '@ds/data/audio': {
    specAugment: [
      {
        as: 'specAugment',
        call: (x: Float32Array, shape: [number, number], chosen: audio.SpecAugment) =>
          audio.specAugment(x, shape, chosen, 1),
        good: () => [new Float32Array(6), [2, 3], {}],
        args: {
          spectrogram: list(),
          shape: listOf(size(), { isOfOneLength: true }),
          options: options({
            frequencyWidth: size(0),
            frequencyMasks: integer(0),
            timeWidth: size(0),
            timeMasks: integer(0),
            timeShare: number(0, 1),
          }),
        },
      },
    ],
    Spectrogram: [
      {
        as: 'Spectrogram',
        call: (chosen: audio.SpectrogramOptions) => new audio.Spectrogram(chosen),
        good: () => [frontEnd],
        args: {
          options: options(
            { ...spectrogram, lowest: number(), highest: number() },
            { required: frontEndNames },
          ),
        },
      },
      {
        as: 'Spectrogram.frames',
        call: (count: number) => new audio.Spectrogram(frontEnd).frames(count),
        good: () => [20],
        args: { samples: integer(0) },
      },
      {
        as: 'Spectrogram.transform',
        call: (x: Float32Array, out: Float32Array) =>
          new audio.Spectrogram(frontEnd).transform(x, out),
        good: () => [new Float32Array(16), new Float32Array(4)],
        args: { samples, out: except(list(), 'undefined') },
      },
      {
        as: 'Spectrogram.transformFrame',
        call: (x: Float32Array, start: number, row: Float32Array) =>
          new audio.Spectrogram(frontEnd).transformFrame(x, start, row),
        good: () => [new Float32Array(16), 0, new Float32Array(4)],
        args: { samples, start: integer(), row: samples },
      },
    ],
    SpectrogramStream: [
      {
        as: 'SpectrogramStream',
        call: (one: audio.Spectrogram) => new audio.SpectrogramStream(one),
        good: () => [new audio.Spectrogram(frontEnd)],
        args: { spectrogram: object },
      },
      {
        as: 'SpectrogramStream.push',
        call: (x: Float32Array) => new audio.Spectrogram(frontEnd).stream().push(x),
        good: () => [new Float32Array(3)],
        args: { samples },
      },
    ],
    melFilterbank: [
      {
        as: 'melFilterbank',
        call: audio.melFilterbank,
        good: () => [{ sampleRate: 8000, fftLength: 64, bands: 4 }],
        args: {
          options: options(
            { ...mel, fftLength: size(2), bands: size() },
            { required: ['sampleRate', 'fftLength', 'bands'] },
          ),
        },
      },
    ],
    resampleSound: [
      {
        as: 'resampleSound',
        call: audio.resampleSound,
        good: () => [new Float32Array(8), 2, 3],
        args: { samples: sound, from: rate, to: rate },
      },
    ],
    decodeWav: [
      {
        as: 'decodeWav',
        call: (...given: Parameters<typeof audio.decodeWav>) =>
          given[0] === WAV && given[1] === 'file' && given[2] === LISTEN
            ? undefined
            : audio.decodeWav(...given),
        good: () => [WAV, 'file', LISTEN],
        args: {
          bytes: sound,
          name: except(text(), 'undefined'),
          onNote: except(callback(), 'undefined'),
        },
      },
    ],
    toMono: [
      {
        as: 'toMono',
        call: audio.toMono,
        good: () => [{ sampleRate: 1, channels: [new Float32Array(2), new Float32Array(2)] }],
        args: {
          sound: options(
            {
              channels: [
                ...object,
                { what: 'of two lengths', make: () => [new Float32Array(2), new Float32Array(3)] },
                { what: 'of nothing', make: () => [null] },
              ],
            },
            { required: ['channels'], isStrict: false },
          ),
        },
      },
    ],
    classifyWindows: [
      {
        as: 'classifyWindows',
        call: (...given: Parameters<typeof audio.classifyWindows>) =>
          audio.classifyWindows(...given).next(),
        good: () => [
          (x: tf.Tensor) => tf.ones([x.shape[0]!, 2]),
          [new Float32Array(100)],
          8000,
          input(),
          {},
        ],
        args: {
          predict: callback(),
          pieces: object,
          sampleRate: rate,
          input: object,
          options: options({ window: positive, hop: positive }),
        },
      },
    ],
    mergeWindows: [
      {
        as: 'mergeWindows',
        call: audio.mergeWindows,
        good: () => [
          [{ start: 0, end: 1, tasks: [{ task: 'a', classes: [{ name: 'b', probability: 1 }] }] }],
          {},
        ],
        args: {
          windows: [...object, { what: 'null in it', make: () => [null] }],
          options: options({ threshold: number(0, 1) }),
        },
      },
    ],
    classifySound: [
      {
        as: 'classifySound',
        call: audio.classifySound,
        good: () => [
          (x: tf.Tensor) => tf.ones([x.shape[0]!, 2]),
          new Float32Array(100),
          8000,
          input(),
        ],
        args: {
          predict: callback(),
          samples: sound,
          sampleRate: rate,
          input: soundInput,
        },
      },
    ],
    prepareSound: [
      {
        as: 'prepareSound',
        call: audio.prepareSound,
        good: () => [new Float32Array(100), 8000, input()],
        args: { samples: sound, sampleRate: rate, input: soundInput },
      },
    ],
    heardTasks: [
      {
        as: 'heardTasks',
        call: audio.heardTasks,
        good: () => [[[0, 1]], input()],
        args: {
          logits: [
            ...except(list(), 'one too few', 'one too many'),
            { what: 'null in it', make: () => [null] },
            { what: 'part of a window', make: () => [[0, 1, 2]] },
          ],
          input: soundInput,
        },
      },
    ],
  },
  '@ds/data/mel-layer': {
    spectrogram: [
      {
        as: 'spectrogram',
        call: (x: tf.Tensor2D, plan: audio.Spectrogram) => tf.dispose(spectrogramOp(x, plan)),
        good: () => [tf.ones([1, 32]), new audio.Spectrogram(frontEnd)],
        args: { x: except(tensor(), 'a nested list'), plan: object },
      },
    ],
    MelSpectrogram: [
      {
        as: 'MelSpectrogram',
        call: (config: ConstructorParameters<typeof MelSpectrogram>[0]) =>
          new MelSpectrogram(config),
        good: () => [frontEnd],
        args: {
          options: options(
            { ...spectrogram, lowest: number(), highest: number(), name: text() },
            { required: frontEndNames },
          ),
        },
      },
      {
        as: 'MelSpectrogram',
        call: (x: tf.Tensor) => new MelSpectrogram(frontEnd).call(x),
        good: () => [tf.ones([1, 32])],
        args: { x: except(tensor(), 'a nested list') },
      },
    ],
  },
};
