import { z } from 'zod';
import { lineSchema } from '../queue/plain-text.js';
import type { SchemaFields } from '../queue/schema-fields.js';
import {
  CLASS_TEST_VERSION,
  type ClassTest,
  type ClassTestTask,
  type LabelDecisions,
  type Mistake,
} from './class-test.js';

const count = z.int().min(0);

/** A picture or a sound within the page. */
const preview = z.string().regex(/^data:(image\/png|audio\/wav);base64,[\w+/]+=*$/);

const task = z
  .object({
    name: lineSchema,
    classes: z.array(lineSchema),
    count,
    confusion: z.array(z.tuple([count, count, count])),
    decisions: z
      .array(
        z.object({
          examples: count,
          found: count,
          falseAlarms: count,
        } satisfies SchemaFields<LabelDecisions>),
      )
      .optional(),
    mistakes: z.array(
      z.object({
        example: count,
        file: z.string().nullable(),
        truth: count.nullable(),
        predicted: count.nullable(),
        probability: z.number(),
        preview: preview.nullable(),
      } satisfies SchemaFields<Mistake>),
    ),
  } satisfies SchemaFields<ClassTestTask>)
  .refine(
    ({ classes, confusion, decisions, mistakes }) => {
      const isKnown = (label: number) => label < classes.length;
      return (
        confusion.every(([truth, predicted]) => isKnown(truth) && isKnown(predicted)) &&
        mistakes.every(({ truth, predicted }) => isKnown(truth ?? 0) && isKnown(predicted ?? 0)) &&
        (decisions === undefined || decisions.length === classes.length)
      );
    },
    { error: 'classes must be among those of the task' },
  );

/** The schema of a test by class. */
export const classTestSchema: z.ZodType<ClassTest> = z.object({
  version: z.literal(CLASS_TEST_VERSION),
  tasks: z.array(task),
} satisfies SchemaFields<ClassTest>);
