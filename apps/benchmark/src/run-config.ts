import { createHash } from 'node:crypto';
import { poolingNames } from '@ds/layers';
import { z } from 'zod';

/** Everything that decides the result of one run. */
export const runConfigSchema = z.strictObject({
  /** `'conv'` or a registered pooling. */
  pooling: z.string().refine((name) => name === 'conv' || poolingNames().includes(name), {
    error: (issue) =>
      `pooling must be one of conv, ${poolingNames().join(', ')}, got ${JSON.stringify(issue.input)}`,
  }),
  /** Passed to the pooling besides its strides. */
  poolingConfig: z.record(z.string(), z.unknown()).default({}),
  /** [stem, stage 1 … stage 4]. */
  strides: z.array(z.number().min(1)).length(5),
  width: z.int().min(1),
  /** Images drawn from the training set; 50,000 is all of it. */
  trainImages: z.int().min(1).max(50_000),
  /** Images drawn from the test set; 10,000 is all of it. */
  testImages: z.int().min(1).max(10_000),
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
      boundaries: z.array(z.int()),
      rates: z.array(z.number().min(0)),
    }),
  ]),
  /** Factor of the strides' learning rate. */
  strideLearningRateScale: z.number().min(0),
  weightDecay: z.number().min(0),
  labelSmoothing: z.number().min(0).lt(1),
  mixup: z.number().min(0),
  padding: z.int().min(0),
  flip: z.boolean(),
  /** λ of the complexity penalty. */
  lambda: z.number().min(0),
  /** Temperature at which learnable polyphase sampling ends its training; others have none. */
  finalTemperature: z.number().positive().default(0.1),
  seed: z.int(),
  /**
   * Replicas that share every batch, a core each. Batch norm normalises each one's part by itself, so their number
   * decides the result too.
   */
  replicas: z.int().min(1).default(1),
  backend: z.enum(['auto', 'wasm', 'cpu', 'webgl', 'webgpu', 'tensorflow']),
});

/** One run's configuration. */
export type RunConfig = z.infer<typeof runConfigSchema>;

/** @throws Error that names every field that is wrong, what it was and what it must be. */
export function parseRunConfig(input: unknown): RunConfig {
  const parsed = runConfigSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Error(`run configuration: ${z.prettifyError(parsed.error)}`);
}

/** Names a run by what decides its result: pooling and seed to read, and a hash of everything. */
export function runId(config: RunConfig): string {
  const hash = createHash('sha256').update(JSON.stringify(config)).digest('hex');
  return `${config.pooling}-seed${config.seed}-${hash.slice(0, 12)}`;
}
