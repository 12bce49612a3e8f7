import { createHash } from 'node:crypto';
import { poolingNames } from '@ds/layers';
import stringify from 'safe-stable-stringify';
import { z } from 'zod';

/** The datasets there is a loader for. */
export const DATASETS = ['cifar10', 'cifar100', 'mnist', 'fashion-mnist', 'imagefolder'] as const;
export type DatasetName = (typeof DATASETS)[number];

const images = z.union([z.int().min(1), z.literal('all')]);

/** Everything that decides the result of one run. */
export const runConfigSchema = z.strictObject({
  dataset: z.enum(DATASETS).default('cifar10').describe('What it is trained and tested on.'),
  imageSize: z
    .int()
    .min(8)
    .default(224)
    .describe('Height and width to which the images of an imagefolder are brought.'),
  pooling: z
    .string()
    .refine((name) => name === 'conv' || poolingNames().includes(name), {
      error: (issue) =>
        `pooling must be one of conv, ${poolingNames().join(', ')}, got ${JSON.stringify(issue.input)}`,
    })
    .describe("'conv' (strided convolutions) or a registered pooling."),
  poolingConfig: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('Passed to the pooling besides its strides.'),
  strides: z
    .array(z.number().min(1))
    .length(5)
    .describe('Initial strides of [stem, stage 1 … stage 4].'),
  width: z.int().min(1).describe('Filters of the first stage of the ResNet-18.'),
  variant: z
    .enum(['preact', 'original'])
    .default('preact')
    .describe('Pre-activation, as the published code, or post-activation, as the paper.'),
  stem: z.enum(['cifar', 'imagenet']).default('cifar').describe('3×3, or 7×7 and a max-pool.'),
  trainImages: images.describe('Images drawn from the training set by the seed, or all.'),
  testImages: images.describe('Images drawn from the test set by the seed, or all.'),
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
      boundaries: z.array(z.int()).describe('Steps at which the rate changes.'),
      rates: z.array(z.number().min(0)),
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
    .describe(
      'Temperature at which learnable polyphase sampling ends its training; others have none.',
    ),
  seed: z.int().describe('Of the initial weights, the images drawn and their order.'),
  replicas: z
    .int()
    .min(1)
    .default(1)
    .describe(
      'Threads that share every batch. Batch norm normalises each one’s part by itself, so their number decides the result too.',
    ),
  backend: z.enum(['auto', 'wasm', 'cpu', 'webgl', 'webgpu', 'tensorflow']),
});

/** One run's configuration. */
export type RunConfig = z.infer<typeof runConfigSchema>;

/** @throws Error that names every field that is wrong, what it was and what it must be. */
export function parseRunConfig(input: unknown): RunConfig {
  const parsed = runConfigSchema.safeParse(input);
  if (!parsed.success) throw new Error(`run configuration: ${z.prettifyError(parsed.error)}`);
  const config = parsed.data;
  if (config.dataset === 'imagefolder' && config.padding > 0) {
    throw new Error(
      `run configuration: padding must be 0 for an imagefolder, which has randomResizedCrop, got ${config.padding}`,
    );
  }
  if (config.dataset !== 'imagefolder' && config.randomResizedCrop) {
    throw new Error(
      `run configuration: randomResizedCrop must be false for ${config.dataset}, which has padding, got true`,
    );
  }
  return config;
}

/** Names a run by what decides its result: pooling and seed to read, and a hash of everything. */
export function runId(config: RunConfig): string {
  const hash = createHash('sha256').update(stringify(config)!).digest('hex');
  return `${config.pooling}-seed${config.seed}-${hash.slice(0, 12)}`;
}
