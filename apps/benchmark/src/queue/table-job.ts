import { createHash } from 'node:crypto';
import { poolingNames } from '@ds/layers';
import stringify from 'safe-stable-stringify';
import { z } from 'zod';
import { parseRunConfig, runConfigSchema, runId } from '../config/run-config.js';
import type { ExperimentSpec } from '../experiments/experiment.js';
import { PAPER_TABLES } from '../paper-table/paper-accuracies.js';
import type { ReportContext } from '../report/report-context.js';
import type { StoredRun } from '../reproduce/stored-result.js';
import { type Axis, fieldOf } from '../sweep/axis.js';
import { lineSchema, plainSchema } from './plain-text.js';
import type { Experiment } from './run-queue.js';

/** The data of a table's job. The job waits for the jobs of its runs. */
export interface TableJobData extends Experiment {
  /** The {@link experimentId}, which names the table's folder. */
  id: string;
}

/** The id of an experiment: a hash of everything that affects its table. */
export function experimentId({ spec, configs }: Pick<Experiment, 'spec' | 'configs'>): string {
  const content = stringify({ spec, runs: configs.map(runId) })!;
  return createHash('sha256').update(content).digest('hex').slice(0, 12);
}

const pooling = z.string().refine((name) => name === 'conv' || poolingNames().includes(name), {
  error: 'must be conv or a registered pooling',
});
const poolings = z.array(pooling).min(1);
const strides = z.array(z.array(z.number().min(1)));

/** A field, or the path to a part of one. */
const axisSchema = z.custom<Axis>(
  (value) =>
    plainSchema.safeParse(value).success &&
    runConfigSchema.keyof().safeParse(fieldOf(value as Axis)).success,
);

const specSchema: z.ZodType<ExperimentSpec> = z.discriminatedUnion('experiment', [
  z.strictObject({
    experiment: z.literal('audio'),
    groups: z.array(z.array(plainSchema).min(1)),
    poolings,
    testEach: z
      .strictObject({ field: plainSchema, values: z.array(plainSchema).min(1) })
      .optional(),
  }),
  z.strictObject({ experiment: z.literal('compare'), poolings }),
  z.strictObject({
    experiment: z.literal('grid'),
    name: lineSchema,
    axes: z.array(axisSchema),
  }),
  z.strictObject({
    experiment: z.literal('reproduce'),
    title: lineSchema,
    stored: z.record(
      plainSchema,
      z.strictObject({
        score: z.number(),
        shiftConsistency: z.number().nullable(),
        macs: z.number(),
        seconds: z.number(),
        dataHash: plainSchema.optional(),
        environment: z.record(plainSchema, plainSchema),
      } satisfies Record<keyof StoredRun, z.ZodType>),
    ),
  }),
  z.strictObject({
    experiment: z.literal('search'),
    learner: pooling,
    candidate: pooling,
    searches: z.array(z.strictObject({ name: plainSchema, order: strides })),
  }),
  z.strictObject({ experiment: z.literal('shift'), poolings }),
  z.strictObject({
    experiment: z.literal('table'),
    table: z.enum(PAPER_TABLES),
    strides,
    poolings,
  }),
  z.strictObject({ experiment: z.literal('tradeoff') }),
]);

const contextSchema: z.ZodType<ReportContext> = z.strictObject({
  preset: lineSchema,
  protocol: lineSchema.nullable(),
  command: lineSchema,
  date: z.iso.datetime(),
  beside: lineSchema.optional(),
});

/**
 * Parses the data of a table's job from a queue.
 *
 * @throws Error that names the wrong field, also if there are more than `maxRuns` runs, a run
 *   occurs twice, or the id is not the experiment's id.
 */
export function parseTableJob(input: unknown, maxRuns: number): TableJobData {
  const schema = z.strictObject({
    id: z.string(),
    spec: specSchema,
    configs: z.array(z.unknown()).min(1).max(maxRuns),
    context: contextSchema,
  });
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw new Error(`table: ${z.prettifyError(parsed.error)}`);
  const { id, spec, context } = parsed.data;
  const configs = parsed.data.configs.map(parseRunConfig);
  if (new Set(configs.map(runId)).size < configs.length) {
    throw new Error('table: configs must hold each run once, got one twice');
  }
  const own = experimentId({ spec, configs });
  if (id !== own) throw new Error(`table: id must be ${own}, got ${JSON.stringify(id)}`);
  return { id, spec, configs, context };
}
