import { createHash } from 'node:crypto';
import path from 'node:path';
import { nearest } from '@ds/checks';
import stringify from 'safe-stable-stringify';
import { z } from 'zod';
import { DATASETS, SOUND_LAYOUTS } from '../data/datasets.js';
import { MODELS, stridesCounts } from '../network/networks.js';
import { requirePoolingName, requirePoolingOptions } from '../poolings/pooling-options.js';
import { nameList, numberList } from './comma-list.js';
import { isMultiLabel } from './multi-label.js';
import { parseWith } from './parse-with.js';

const images = z.union([z.int().min(1), z.literal('all')]);

/** The layout of a folder of sounds, and the spectrogram settings. */
export const soundsSchema = z.strictObject({
  layout: z.enum(SOUND_LAYOUTS).describe('How the folder encodes the labels of its sounds.'),
  tasks: nameList()
    .optional()
    .describe('The tasks of the network, one head per task. Default: all tasks of the layout.'),
  pattern: z
    .string()
    .optional()
    .describe("For layout pattern: how files are named, '{digit}_{speaker}_{index}.wav'."),
  test: z
    .record(z.string(), nameList())
    .optional()
    .describe('For layout pattern: the field values that select the test set.'),
  source: z
    .string()
    .min(1)
    .optional()
    .describe(
      'For layout pattern: the field that names the source of a sound, such as its speaker. No ' +
        'source may be in both sets. Default: every sound is a source of its own.',
    ),
  table: z.string().optional().describe('For layout table: the CSV file inside the folder.'),
  splitColumn: z
    .string()
    .min(1)
    .optional()
    .describe(
      'For layout table: the column with train or test, or validation for sounds of neither set. ' +
        'Default: a hash of each source decides.',
    ),
  sourceColumn: z
    .string()
    .min(1)
    .optional()
    .describe(
      'For layout table: the column that names the source of a sound, such as its speaker. No ' +
        'source may be in both sets. Default: every sound is a source of its own.',
    ),
  labelSeparator: z
    .string()
    .regex(/\S/)
    .optional()
    .describe(
      "For layout table: the text between several labels of a sound, such as ';'. Then every head " +
        'has a sigmoid for each class, and the score is mAP. Default: one label.',
    ),
  classWeights: z
    .enum(['balanced'])
    .optional()
    .describe('Weighs the classes in the loss by the inverse of their frequency. Default: none.'),
  testFold: z.int().min(1).max(5).optional().describe('For layout esc50. Default 5.'),
  sampleRate: z.int().min(1000).default(16_000).describe('Hz; other rates are resampled.'),
  seconds: z
    .number()
    .positive()
    .default(1)
    .describe('Length of the input of the network, in seconds.'),
  bands: z.int().min(4).default(64).describe('Mel bands.'),
  specAugment: z
    .strictObject({
      frequencyWidth: z.int().min(0).describe('F: the widest mask, in bands.'),
      frequencyMasks: z.int().min(0).max(1000),
      timeWidth: z.int().min(0).describe('T: the longest mask, in frames.'),
      timeMasks: z.int().min(0).max(1000),
    })
    .optional()
    .describe('Masks on training spectrograms (Park et al. 2019). Default: none.'),
});

/** The configuration of a folder of sounds. */
export type SoundsConfig = z.infer<typeof soundsSchema>;

/** Everything that decides the result of one run. */
export const runConfigSchema = z.strictObject({
  dataset: z.enum(DATASETS).default('cifar10').describe('The dataset for training and testing.'),
  sounds: soundsSchema
    .optional()
    .describe('The layout of a folder of sounds, and the spectrogram settings.'),
  imageSize: z
    .int()
    .min(8)
    .optional()
    .describe('Height and width to which the images of an imagefolder are resized. Default 224.'),
  model: z
    .enum(MODELS)
    .optional()
    .describe('The network for images. Sounds have a network of their own. Default resnet18.'),
  pooling: z
    .string()
    .superRefine((name, context) => {
      try {
        requirePoolingName(name);
      } catch (error) {
        context.addIssue({ code: 'custom', message: (error as Error).message });
      }
    })
    .describe("'conv' (strided convolutions) or a registered pooling."),
  poolingModule: z
    .string()
    .optional()
    .describe('The module that registers the pooling, as --import names it.'),
  poolingConfig: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('Passed to the pooling besides its strides.'),
  strides: numberList(z.number().min(1), 1).describe(
    'Initial strides of [stem, stage 1 … stage 4]; of [stem, stage 1 … stage 7] for ' +
      'mobilenet-v2; for sounds, of each block.',
  ),
  width: z
    .int()
    .min(1)
    .describe(
      'Filters of the first stage of the ResNet-18, or of the first block. MobileNetV2 has the ' +
        'width multiplier width/16, at least 0.1.',
    ),
  variant: z
    .enum(['preact', 'original'])
    .default('preact')
    .describe('Pre-activation, as the published code, or post-activation, as the paper.'),
  stem: z.enum(['cifar', 'imagenet']).default('cifar').describe('3×3, or 7×7 and a max-pool.'),
  border: z
    .enum(['zero', 'circular', 'reflect'])
    .optional()
    .describe(
      'Pixels beyond the border, in convolutions and blurs. With circular, aps and lps give the ' +
        'same predictions under every circular shift. Default zero.',
    ),
  trainImages: images.describe('Examples drawn from the training set by the seed, or all.'),
  testImages: images.describe('Examples drawn from the test set by the seed, or all.'),
  validationImages: z
    .int()
    .min(1)
    .optional()
    .describe(
      'Training examples that are held out, the same for every seed. The run is scored on them, and ' +
        'not on the test set. Default none.',
    ),
  epochs: z.int().min(1),
  batchSize: z.int().min(1),
  optimizer: z.discriminatedUnion('name', [
    z.strictObject({ name: z.literal('sgd'), momentum: z.number().min(0).lt(1) }),
    z.strictObject({ name: z.literal('adam') }),
  ]),
  schedule: z.discriminatedUnion('name', [
    z.strictObject({ name: z.literal('cosine'), peak: z.number().min(0) }),
    z.strictObject({
      name: z.literal('piecewise'),
      boundaries: numberList(z.int()).describe('Steps at which the rate changes.'),
      rates: numberList(z.number().min(0)),
    }),
  ]),
  strideLearningRateScale: z.number().min(0).describe('Factor of the strides’ learning rate.'),
  weightDecay: z.number().min(0),
  labelSmoothing: z.number().min(0).lt(1),
  mixup: z.number().min(0).describe('α of mixup; 0 is none.'),
  padding: z
    .int()
    .min(0)
    .describe('Pixels of zeros around a training image before it is cropped at random.'),
  randomResizedCrop: z
    .boolean()
    .default(false)
    .describe('ImageNet’s training crop, for an imagefolder.'),
  flip: z.boolean().describe('Mirror training images with probability ½.'),
  lambda: z.number().min(0).describe('λ of the complexity penalty λ·J.'),
  finalTemperature: z
    .number()
    .positive()
    .default(0.1)
    .describe('Final temperature of learnable polyphase sampling. Other poolings ignore it.'),
  seed: z.int().describe('Seed of the initial weights, the drawn images and their order.'),
  replicas: z
    .int()
    .min(1)
    .default(1)
    .describe(
      'Threads that share every batch. Batch norm normalises per thread, so results depend on it.',
    ),
  backend: z.enum(['auto', 'wasm', 'cpu', 'webgpu', 'tensorflow']),
  activations: z
    .enum(['float32', 'float16'])
    .optional()
    .describe(
      'How activations are kept for their gradients; float16, on webgpu, takes half of the memory.',
    ),
});

/** One run's configuration. */
export type RunConfig = z.infer<typeof runConfigSchema>;

/** @throws Error that names every field that is wrong, what it was and what it must be. */
export function parseRunConfig(input: unknown): RunConfig {
  const config = withoutDefaults(parseWith(runConfigSchema, input, 'run configuration'));
  requireSounds(config);
  requireNetwork(config);
  try {
    requirePoolingOptions(config.pooling, config.poolingConfig, config.strides);
  } catch (error) {
    throw new Error(`run configuration: pooling: ${(error as Error).message}`, {
      cause: error,
    });
  }
  if (config.dataset === 'imagefolder' && config.padding > 0) {
    throw new Error(
      'run configuration: padding must be 0 for an imagefolder, which has randomResizedCrop, ' +
        `got ${config.padding}`,
    );
  }
  if (config.dataset !== 'imagefolder' && config.randomResizedCrop) {
    throw new Error(
      `run configuration: randomResizedCrop must be false for ${config.dataset}, ` +
        'which has padding, got true',
    );
  }
  return config;
}

/** A configuration without values that say what holds anyway, so that equal runs have one id. */
function withoutDefaults(config: RunConfig): RunConfig {
  const { border, model, ...rest } = withOwnSize(config);
  return {
    ...rest,
    ...(model !== undefined && model !== 'resnet18' && { model }),
    ...(border !== undefined && border !== 'zero' && { border }),
  };
}

/** The usual size of ImageNet's images. */
const IMAGENET_SIZE = 224;

/** A configuration that has an `imageSize` only if its dataset resizes images. */
function withOwnSize({ imageSize, ...config }: RunConfig): RunConfig {
  if (config.dataset === 'imagefolder') {
    return { ...config, imageSize: imageSize ?? IMAGENET_SIZE };
  }
  // Earlier versions wrote this size into every configuration.
  if (imageSize === undefined || imageSize === IMAGENET_SIZE) return config;
  throw new Error(
    `run configuration: imageSize must not be given for ${config.dataset}, which is not resized; ` +
      `leave it out, got ${imageSize}`,
  );
}

/** @throws Error if the network has no such option, or another number of stages. */
function requireNetwork({ dataset, model, strides, border }: RunConfig): void {
  const fail = (rule: string, got: unknown): never => {
    throw new Error(`run configuration: ${rule}, got ${got}`);
  };
  if (dataset === 'sounds') {
    if (model) fail('model must be left out for sounds, which have a network of their own', model);
    return;
  }
  const [few, all] = stridesCounts(model ?? 'resnet18');
  if (strides.length !== all) {
    fail(`strides must be ${few} or ${all} numbers for ${model ?? 'images'}`, `[${strides}]`);
  }
  if (model === 'mobilenet-v2' && border) {
    fail('border must be left out for mobilenet-v2, which pads with zeros', border);
  }
}

/** The fields of `sounds` that one layout reads, this layout, and the flags that set them. */
const OF_A_LAYOUT: [keyof SoundsConfig, SoundsConfig['layout'], flags: string][] = [
  ['pattern', 'pattern', '--pattern'],
  ['test', 'pattern', '--test-where or --test-each'],
  ['source', 'pattern', '--source'],
  ['table', 'table', '--table-file'],
  ['splitColumn', 'table', '--split-column'],
  ['sourceColumn', 'table', '--source-column'],
  ['labelSeparator', 'table', '--label-separator'],
  ['testFold', 'esc50', '--test-fold'],
];

function requireSounds(config: RunConfig): void {
  const { dataset, sounds, padding, flip, mixup, replicas } = config;
  const fail = (rule: string, got: unknown): never => {
    throw new Error(`run configuration: ${rule}, got ${got}`);
  };
  if (dataset !== 'sounds') {
    if (sounds) fail(`sounds must not be given for ${dataset}`, JSON.stringify(sounds));
    return;
  }
  const own = sounds ?? fail('sounds must say how the folder is laid out', 'none');
  const { layout, pattern, tasks, test, source, table } = own;
  for (const [field, needed, flags] of OF_A_LAYOUT) {
    const value = own[field];
    if (value === undefined || layout === needed) continue;
    fail(
      `sounds.${field} (${flags}) must come with layout ${needed}`,
      `layout ${layout} with ${JSON.stringify(value)}`,
    );
  }
  if (layout === 'pattern' && !(pattern && tasks && test)) {
    fail(
      'sounds must have pattern, tasks and test (--pattern, --tasks, and --test-where or ' +
        '--test-each) for layout pattern',
      JSON.stringify(sounds),
    );
  }
  if (layout === 'pattern') {
    const fields = [...pattern!.matchAll(/\{([^}]+)\}/g)].map(([, field]) => field!);
    if (fields.length === 0) {
      fail(
        'sounds.pattern must have fields in braces, such as {digit}_{index}.wav',
        `'${pattern}'`,
      );
    }
    for (const field of [...Object.keys(test!), ...tasks!, ...(source ? [source] : [])]) {
      if (fields.includes(field)) continue;
      const known = fields.join(', ');
      const rule = `sounds.test, tasks and source must name fields of the pattern (${known})`;
      fail(rule, `'${field}' (${nearest(field, fields)}?)`);
    }
  }
  if (layout === 'table' && !(table && tasks)) {
    fail(
      'sounds must have table and tasks (--table-file and --tasks) for layout table',
      JSON.stringify(sounds),
    );
  }
  if (isMultiLabel(config) && replicas > 1) {
    fail('replicas must be 1 for several labels, since mAP needs all scores', replicas);
  }
  if (padding > 0 || flip || mixup > 0) {
    fail('padding, flip and mixup are for images', `${padding}, ${flip}, ${mixup}`);
  }
}

/**
 * Names a run by what decides its result: pooling and seed to read, and a hash of everything. Of
 * the pooling's module it takes the file name, since the path depends on the working directory.
 */
export function runId({ poolingModule, ...config }: RunConfig): string {
  const module = poolingModule === undefined ? {} : { module: path.basename(poolingModule) };
  const hash = createHash('sha256')
    .update(stringify({ ...config, ...module })!)
    .digest('hex');
  // A registered name may have any characters.
  const pooling = config.pooling.replace(/[^\w.-]+/g, '-').slice(0, 80);
  return `${pooling}-seed${config.seed}-${hash.slice(0, 12)}`;
}
