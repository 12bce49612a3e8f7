import { readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { type ModelName, stridesCounts } from '../network/networks.js';
import { requireOptionNames } from '../poolings/pooling-options.js';
import { parseWith } from './parse-with.js';
import { PRESETS } from './presets.js';
import { runConfigSchema } from './run-config.js';

const strides = runConfigSchema.shape.strides.describe(
  'Initial strides of stages 2 to 4, or of [stem, stage 1 … stage 4]; for mobilenet-v2, of stages ' +
    '2, 3, 4 and 6, or of [stem, stage 1 … stage 7]; for sounds, of each block.',
);

/** The fields of a configuration file. Strides may omit the stem and stage 1. */
const fields = { ...runConfigSchema.shape, strides };

/** A field without its default. The preset provides the fields that a file omits. */
function withoutDefault(field: z.ZodType): z.ZodType {
  if (!(field instanceof z.ZodDefault)) return field;
  const bare = field.unwrap() as z.ZodType;
  return field.description === undefined ? bare : bare.describe(field.description);
}

const optionalFields = Object.fromEntries(
  Object.entries(fields).map(([name, field]) => [name, withoutDefault(field).optional()]),
) as unknown as { [Name in keyof typeof fields]: z.ZodOptional<(typeof fields)[Name]> };

/** The schema of a run file. */
const runFileSchema = z.strictObject({
  $schema: z.string().optional(),
  preset: z
    .enum(Object.keys(PRESETS))
    .optional()
    .describe('Sets all fields that are not given. Default: quick.'),
  poolingConfigs: z
    .record(z.string(), z.record(z.string(), z.unknown()))
    .superRefine((byName, context) => {
      for (const [pooling, options] of Object.entries(byName)) {
        try {
          requireOptionNames(pooling, options);
        } catch (error) {
          context.addIssue({ code: 'custom', message: (error as Error).message, path: [pooling] });
        }
      }
    })
    .optional()
    .describe('Options of poolings by name. They replace those of the preset.'),
  ...optionalFields,
});

export type RunFile = z.infer<typeof runFileSchema>;

/** The schema of a sweep file. */
const sweepFileSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().min(1).describe('Names the table.'),
  base: runFileSchema.omit({ $schema: true }).default({}).describe('What all runs share.'),
  grid: z
    .strictObject(
      Object.fromEntries(
        Object.entries(fields).map(([name, field]) => [
          name,
          z.array(withoutDefault(field)).min(1).optional(),
        ]),
      ),
    )
    .describe(
      'Values of the fields that vary, each a list or one value: a run for every combination.',
    ),
});

export type SweepFile = z.infer<typeof sweepFileSchema>;

/**
 * A rule for the number of strides of images that a file breaks, or `null`. Sounds allow any number
 * of blocks.
 */
function misfit({
  dataset,
  model,
  strides,
  base,
  grid,
}: Partial<RunFile & SweepFile>): string | null {
  const datasets = [dataset, base?.dataset, grid?.dataset].flat();
  if (datasets.includes('sounds')) return null;
  const named = [model, base?.model, grid?.model].flat().filter((one) => one !== undefined);
  const models = (named.length > 0 ? named : ['resnet18']) as ModelName[];
  const counts = models.flatMap(stridesCounts);
  const all = [strides, base?.strides, ...((grid?.strides ?? []) as number[][])];
  const wrong = all.find((one) => one !== undefined && !counts.includes(one.length));
  if (!wrong) return null;
  const networks = named.length > 0 ? named.join(' and ') : 'images';
  return `strides must be ${counts.join(' or ')} numbers for ${networks}, got [${wrong}]`;
}

/** The schemas by kind of file. */
const FILE_SCHEMAS = { run: runFileSchema, sweep: sweepFileSchema };

/** The JSON Schema of a kind of file, for use in editors. */
export function fileJsonSchema(kind: keyof typeof FILE_SCHEMAS): unknown {
  const schema = z.toJSONSchema(FILE_SCHEMAS[kind], { io: 'input' });
  const grid = schema.properties?.grid as z.core.JSONSchema.ObjectSchema | undefined;
  for (const [name, list] of Object.entries(grid?.properties ?? {})) {
    const { items } = list as z.core.JSONSchema.ArraySchema;
    grid!.properties![name] = { anyOf: [list, items] } as z.core.JSONSchema.Schema;
  }
  return { ...schema, title: `ds-benchmark ${kind}` };
}

/** Turns every value of a sweep's grid into a list. A single value becomes a list of one. */
function withLists(document: unknown): unknown {
  const { grid } = document as { grid?: unknown };
  if (typeof grid !== 'object' || grid === null || Array.isArray(grid)) return document;
  const lists = Object.entries(grid).map(([name, value]) => {
    const field = fields[name as keyof typeof fields];
    // A single value may be a list itself, such as the strides of one network.
    const isOne = !Array.isArray(value) || field?.safeParse(value).success;
    return [name, isOne ? [value] : value];
  });
  return { ...(document as object), grid: Object.fromEntries(lists) };
}

/**
 * Reads a YAML or JSON file of a kind.
 *
 * @throws Error that names the file, and the line or the field that is wrong.
 */
export async function readConfigFile<Kind extends keyof typeof FILE_SCHEMAS>(
  kind: Kind,
  file: string,
): Promise<z.infer<(typeof FILE_SCHEMAS)[Kind]>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new Error(`${file} cannot be read; expected a ${kind} in YAML or JSON`, { cause: error });
  }
  const document = parseDocument(text);
  if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0]!.message}`);
  const given = contentOf(document, file);
  const content = kind === 'sweep' ? withLists(given) : given;
  const parsed = parseWith<z.ZodType>(FILE_SCHEMAS[kind], content, file);
  const rule = misfit(parsed as RunFile & SweepFile);
  if (rule) throw new Error(`${file}:\n✖ Invalid input: ${rule}\n  → at strides`);
  return parsed as z.infer<(typeof FILE_SCHEMAS)[Kind]>;
}

/** @throws Error that names the file, for aliases without end. */
function contentOf(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    return document.toJS() ?? {};
  } catch (cause) {
    throw new Error(`${file}: ${(cause as Error).message}`, { cause });
  }
}
