import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder, writeFileWhole } from '@ds/train/checkpoints';
import { io } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';

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
 * @throws Error that names the file if it is missing or incomplete.
 */
export async function loadModel(folder: string): Promise<LayersModel> {
  const { modelTopology, weightSpecs, weights } = await readModel(folder);
  return loadLayersModel(
    io.fromMemory({ modelTopology, weightSpecs, weightData: new Uint8Array(weights).buffer }),
  );
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
  try {
    model = JSON.parse(text.toString());
  } catch (error) {
    throw new Error(`${file}: is damaged, and no JSON; ${REMEDY}`, { cause: error });
  }
  const weightSpecs = model.weightsManifest[0].weights;
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
