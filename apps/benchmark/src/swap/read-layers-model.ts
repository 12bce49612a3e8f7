import { readFile } from 'node:fs/promises';
import path from 'node:path';
// Registers the layers of this project.
import '@ds/layers';
import { dispose, io, type NamedTensorMap } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { z } from 'zod';

const GROUP = z.object({
  paths: z.array(z.string().min(1)).min(1),
  weights: z.array(
    z.object({
      name: z.string(),
      shape: z.array(z.number().int().nonnegative()),
      dtype: z.enum(['float32', 'int32', 'bool']),
      group: z.string().optional(),
      quantization: z.looseObject({ dtype: z.enum(['uint8', 'uint16', 'float16']) }).optional(),
    }),
  ),
});

const MODEL = z.object({
  format: z.string().nullish(),
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z.array(GROUP).min(1),
});

type Group = z.infer<typeof GROUP>;

const BYTES = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 };

/**
 * Reads a `model.json` with its weight files, as `model.save` of tfjs and the converter of Keras
 * models write them. Names of weights may begin with the name of the model, and end with `:0`.
 *
 * @throws Error that names the file if it is missing or damaged, is not a `LayersModel`, or does
 *   not suit its weights.
 */
export async function readLayersModel(file: string): Promise<LayersModel> {
  const { modelTopology, weightsManifest } = parse(file, (await read(file)).toString());
  const folder = path.dirname(file);
  const model = await knowing(file, () => loadLayersModel(io.fromMemory({ modelTopology })));
  for (const group of weightsManifest) requireInside(file, group.paths);
  const groups = await Promise.all(weightsManifest.map((group) => weightsOf(folder, group)));
  const weights: NamedTensorMap = Object.assign({}, ...groups);
  const optimizer = new Set(
    weightsManifest.flatMap((group) =>
      group.weights.filter((one) => one.group === 'optimizer').map(({ name }) => name),
    ),
  );
  const known = model.weights.map(({ originalName }) => originalName);
  const named: NamedTensorMap = {};
  for (const [name, value] of Object.entries(weights)) {
    if (!optimizer.has(name)) named[knownName(name, known)] = value;
  }
  try {
    await knowing(file, async () => model.loadWeights(named));
  } finally {
    dispose(weights);
  }
  return model;
}

function parse(file: string, text: string): z.infer<typeof MODEL> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`${file}: must be JSON, got damaged content: ${message}`, { cause: error });
  }
  const { format, modelTopology } = (json ?? {}) as { format?: unknown; modelTopology?: unknown };
  const isGraph = format === 'graph-model' || (modelTopology as { node?: unknown } | null)?.node;
  if (isGraph) {
    throw new Error(
      `${file}: must be a LayersModel, got a graph model, which has no layers; ` +
        'convert the Keras model with --output_format=tfjs_layers_model',
    );
  }
  const parsed = MODEL.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new Error(
    `${file}: must be the model.json of a LayersModel, with modelTopology and weightsManifest:\n` +
      z.prettifyError(parsed.error),
  );
}

/** @throws Error if a weight file is outside of the model's folder. */
function requireInside(file: string, names: string[]): void {
  for (const name of names) {
    const isOutside = path.isAbsolute(name) || path.normalize(name).startsWith('..');
    if (isOutside) throw new Error(`${file}: weight files must be in its folder, got '${name}'`);
  }
}

/** Reads the weights of a group, which are in its files one after another. */
async function weightsOf(folder: string, { paths, weights }: Group): Promise<NamedTensorMap> {
  const files = paths.map((name) => path.join(folder, name));
  const data = Buffer.concat(await Promise.all(files.map(read)));
  const length = weights.reduce(
    (total, { shape, dtype, quantization }) =>
      total + shape.reduce((size, side) => size * side, BYTES[quantization?.dtype ?? dtype]),
    0,
  );
  if (data.length !== length) {
    throw new Error(
      `${files.join(', ')}: must have ${length} bytes, got ${data.length}: it is damaged`,
    );
  }
  return io.decodeWeights(
    new Uint8Array(data).buffer,
    weights as unknown as io.WeightsManifestEntry[],
  );
}

/** The name of a weight in the model: without `:0`, and without the names of models around it. */
function knownName(name: string, known: string[]): string {
  const plain = name.replace(/:\d+$/, '');
  if (known.includes(plain)) return plain;
  const ends = known.filter((one) => plain.endsWith(`/${one}`));
  return ends.sort((a, b) => b.length - a.length)[0] ?? plain;
}

async function knowing<Result>(file: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw new Error(`${file}: tfjs cannot load it: ${(error as Error).message}`, { cause: error });
  }
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new Error(`${file}: cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
