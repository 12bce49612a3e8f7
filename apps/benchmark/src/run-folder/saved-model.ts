import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder, writeFileWhole } from '@ds/train/checkpoints';
import { io } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import type { RunConfig } from '../config/run-config.js';
import { importedModules } from '../poolings/import-poolings.js';

/**
 * Writes a model as `model.json` and `weights.bin`, the format of `tf.loadLayersModel`. Calls
 * `mayWrite` before it writes each temporary file, and again before it renames the file.
 *
 * @throws Error that names the file and the disk if the write fails. Errors of `mayWrite` pass
 *   through.
 */
export async function saveModel(
  model: LayersModel,
  folder: string,
  mayWrite: () => void = () => {},
): Promise<void> {
  mayWrite();
  await makeFolder(folder);
  await model.save(
    io.withSaveHandler(async (artifacts) => {
      await writeArtifacts(artifacts, folder, mayWrite);
      return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
    }),
  );
}

/** Writes a tfjs model of either format into a folder that exists. See {@link saveModel}. */
export async function writeArtifacts(
  artifacts: io.ModelArtifacts,
  folder: string,
  mayWrite: () => void = () => {},
): Promise<void> {
  const { modelTopology, weightSpecs, weightData, format, generatedBy, convertedBy, signature } =
    artifacts;
  const weights = io.CompositeArrayBuffer.join(weightData);
  await writeFileWhole(path.join(folder, 'weights.bin'), new Uint8Array(weights), { mayWrite });
  const manifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
  await writeFileWhole(
    path.join(folder, 'model.json'),
    JSON.stringify({
      format,
      generatedBy,
      convertedBy,
      signature,
      modelTopology,
      weightsManifest: manifest,
    }),
    { mayWrite },
  );
}

/**
 * Reads a model that {@link saveModel} wrote. Import the classes of its layers first.
 *
 * @throws Error that names the file if it is missing or incomplete, or `--import` if a layer is not
 *   registered.
 */
export async function loadModel(folder: string): Promise<LayersModel> {
  const { modelTopology, weightSpecs, weights } = await readModel(folder);
  try {
    return await loadLayersModel(
      io.fromMemory({ modelTopology, weightSpecs, weightData: new Uint8Array(weights).buffer }),
    );
  } catch (error) {
    const [, layer] = /^Unknown layer: (\S+)\. /.exec((error as Error).message) ?? [];
    if (layer === undefined) throw error;
    throw new Error(
      `--import must name the module that registers the layer '${layer}' of ${folder}, ` +
        `got ${importedModules().join(', ') || 'none'}${await hintOf(folder)}`,
      { cause: error },
    );
  }
}

/** The module with which the run of a model was trained, if its folder names it. */
async function hintOf(folder: string): Promise<string> {
  try {
    const text = await readFile(path.join(folder, '..', 'config.json'), 'utf8');
    const { poolingModule }: Partial<RunConfig> = JSON.parse(text);
    return poolingModule === undefined ? '' : `; it was trained with --import ${poolingModule}`;
  } catch {
    return '';
  }
}

/** @throws Error that names the file if one is missing or has the wrong length. */
export async function requireWholeModel(folder: string): Promise<void> {
  await readModel(folder);
}

const REMEDY = '--resume of its run writes it again';

async function readModel(folder: string) {
  const file = path.join(folder, 'model.json');
  const text = await read(file);
  let model: { modelTopology: object; weightsManifest: [{ weights: io.WeightsManifestEntry[] }] };
  let weightSpecs: io.WeightsManifestEntry[];
  try {
    model = JSON.parse(text.toString());
    weightSpecs = model.weightsManifest[0].weights;
  } catch (error) {
    throw new Error(`${file}: must be JSON of a model, got damaged content; ${REMEDY}`, {
      cause: error,
    });
  }
  const weights = await read(path.join(folder, 'weights.bin'));
  const sizes = weightSpecs.map(({ shape }) => shape.reduce((size, side) => size * side, 4));
  const length = sizes.reduce((total, size) => total + size, 0);
  if (weights.length !== length) {
    throw new Error(
      `${path.join(folder, 'weights.bin')}: must have ${length} bytes, ` +
        `got ${weights.length}: it is damaged; ${REMEDY}`,
    );
  }
  return { modelTopology: model.modelTopology, weightSpecs, weights };
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new Error(`${file}: cannot be read; expected a model of a run that has ended`, {
      cause: error,
    });
  }
}
