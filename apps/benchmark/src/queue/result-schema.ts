import { z } from 'zod';
import { classTestSchema } from '../class-test/class-test-schema.js';
import { parseRunConfig, type RunConfig, runConfigSchema, runId } from '../config/run-config.js';
import type { RoundedNetwork, RunProgress, RunResult } from '../run/run-result.js';
import type { MapEquivariance, MapError } from '../shift/map-equivariance.js';
import { lineSchema, plainSchema, printable } from './plain-text.js';
import type { SchemaFields } from './schema-fields.js';

const count = z.int().min(0);
const pair = z.tuple([z.number(), z.number()]);
const stridesByLayer = z.record(plainSchema, pair);

const costSnapshot = z.object({
  strides: stridesByLayer,
  complexity: z.number(),
  macs: z.number(),
  layers: z.array(
    z.object({
      layer: plainSchema,
      outputShape: z.array(count),
      macs: z.number(),
      parameters: count,
      activationBytes: count,
      note: z.string().transform(printable).optional(),
    } satisfies SchemaFields<RunResult['initial']['layers'][number]>),
  ),
} satisfies SchemaFields<RunResult['initial']>);

/** JSON has no NaN and no ∞. It stores null for them. */
const loss = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);

/** These texts contain file names, which may contain any character. */
const notes = z.array(z.string().transform(printable));

const taskFields = {
  loss,
  accuracy: z.number(),
  top5: z.number(),
  nonFinite: count,
  // JSON has no NaN, which a set without a positive label has.
  meanAveragePrecision: loss.optional(),
  auc: loss.optional(),
};

type Epoch = RunResult['epochs'][number];
type Evaluation = NonNullable<Epoch['evaluation']>;

const evaluation = z.object({
  ...taskFields,
  count,
  // Set if a value was not finite. A run with such a value has no valid result.
  firstNonFinite: z.undefined().optional(),
  // A result with a truncated test is rejected too.
  stopped: z.undefined().optional(),
  tasks: z.array(z.object(taskFields)).optional(),
} satisfies SchemaFields<Evaluation>);

const sound = z.object({
  frontEnd: z.object({
    sampleRate: z.number(),
    frameLength: count,
    hopLength: count,
    fftLength: count.optional(),
    bands: count.nullable(),
    center: z.boolean().optional(),
    power: z.union([z.literal(1), z.literal(2)]).optional(),
    compression: z.enum(['log', 'decibel', 'none']).optional(),
    offset: z.number().optional(),
    lowest: z.number().optional(),
    highest: z.number().optional(),
    scale: z.enum(['htk', 'slaney']).optional(),
    norm: z.enum(['slaney', 'none']).optional(),
    triangles: z.enum(['hertz', 'mel']).optional(),
  } satisfies SchemaFields<NonNullable<RunResult['sound']>['frontEnd']>),
  seconds: z.number(),
  mean: z.number(),
  std: z.number(),
  tasks: z.array(
    z.object({
      name: plainSchema,
      classes: z.array(lineSchema),
      multiLabel: z.literal(true).optional(),
    } satisfies SchemaFields<NonNullable<RunResult['sound']>['tasks'][number]>),
  ),
  split: plainSchema,
} satisfies SchemaFields<NonNullable<RunResult['sound']>>);

const image = z.object({
  size: count,
  crop: z.number(),
  mean: z.array(z.number()),
  std: z.array(z.number()),
  classes: z.array(lineSchema),
} satisfies SchemaFields<NonNullable<RunResult['image']>>);

const resultSchema: z.ZodType<RunResult> = z.object({
  config: runConfigSchema,
  dataset: plainSchema,
  images: z.object({
    train: count,
    test: count,
    available: z.object({ train: count, test: count }),
  }),
  dataHash: plainSchema.optional(),
  backend: z.object({
    name: z.enum(['wasm', 'webgpu', 'cpu', 'webgl', 'tensorflow']),
    reason: plainSchema,
    added: z.array(plainSchema),
    replaced: z.array(plainSchema),
    repaired: z.array(plainSchema),
    kernels: z.enum(['simd', 'relaxed-simd']).nullable(),
    without: z.array(plainSchema),
  } satisfies SchemaFields<RunResult['backend']>),
  environment: z.record(plainSchema, plainSchema),
  parameters: count,
  initial: costSnapshot,
  final: costSnapshot,
  steps: z.array(
    z.object({
      step: count,
      loss,
      accuracy: z.number(),
      imagesPerSecond: z.number(),
      strides: stridesByLayer,
    } satisfies SchemaFields<RunResult['steps'][number]>),
  ),
  epochs: z.array(
    z.object({
      epoch: count,
      loss,
      accuracy: z.number(),
      evaluation: evaluation.nullable(),
      seconds: z.number(),
      images: count,
    } satisfies SchemaFields<Epoch>),
  ),
  epochMacs: z.array(z.number()),
  accuracy: z.number(),
  top5: z.number(),
  meanAveragePrecision: z.number().optional(),
  auc: z.number().optional(),
  shift: z.object({
    consistency: z.number(),
    diagonal: z.array(z.number()).min(1),
    images: count,
    nonFinite: count,
    maxShift: count,
    equivariance: z
      .object({
        images: count,
        maps: z.array(
          z.object({
            layer: plainSchema,
            whole: z.number(),
            half: z.number(),
          } satisfies SchemaFields<MapError>),
        ),
      } satisfies SchemaFields<MapEquivariance>)
      .nullish(),
  } satisfies SchemaFields<RunResult['shift']>),
  image: image.optional(),
  sound: sound.optional(),
  taskAccuracies: z.record(plainSchema, z.number()).optional(),
  classTest: classTestSchema.optional(),
  imagesPerSecond: z.number(),
  inferenceRate: z.number().optional(),
  rounded: z
    .object({
      accuracy: z.number(),
      macs: z.number(),
      inferenceRate: z.number(),
      statisticsImages: count.optional(),
    } satisfies SchemaFields<RoundedNetwork>)
    .optional(),
  timing: z.object({
    setup: z.number(),
    training: z.number(),
    evaluation: z.number(),
    shift: z.number(),
  } satisfies SchemaFields<RunResult['timing']>),
  seconds: z.number(),
  stopped: z.boolean(),
  notes: notes.optional(),
} satisfies SchemaFields<RunResult>);

/**
 * Parses the result of a run from a queue. Unknown fields are removed.
 *
 * @throws Error that names the wrong field.
 */
export function parseResult(input: unknown): RunResult {
  const parsed = resultSchema.safeParse(input);
  if (!parsed.success) throw new Error(`result: ${z.prettifyError(parsed.error)}`);
  return { ...parsed.data, config: parseRunConfig(parsed.data.config) };
}

/**
 * Parses the result of a known run.
 *
 * @throws Error also if the result belongs to another configuration.
 */
export function parseResultOf(config: RunConfig, input: unknown): RunResult {
  const result = parseResult(input);
  const [wanted, own] = [runId(config), runId(result.config)];
  if (own !== wanted) throw new Error(`result: must be that of ${wanted}, got that of ${own}`);
  return result;
}

const progressSchema: z.ZodType<RunProgress> = z.object({
  step: count,
  totalSteps: count,
  epoch: count,
  loss,
  accuracy: z.number(),
  imagesPerSecond: z.number(),
  strides: stridesByLayer,
  testAccuracy: z.number().nullable(),
  notes: notes.optional(),
} satisfies SchemaFields<RunProgress>);

/** Parses the progress of a run. Returns `null` if the data is invalid. */
export function parseProgress(input: unknown): RunProgress | null {
  return progressSchema.safeParse(input).data ?? null;
}
