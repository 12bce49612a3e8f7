import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { io, type LayersModel, loadLayersModel } from '@tensorflow/tfjs';
import writeFileAtomic from 'write-file-atomic';

/** Writes a model as tfjs's `model.json` and `weights.bin`, which every `tf.loadLayersModel` reads. */
export async function saveModel(model: LayersModel, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await model.save(
    io.withSaveHandler(async (artifacts) => {
      const { modelTopology, weightSpecs, weightData, format, generatedBy, convertedBy } =
        artifacts;
      const weights = io.CompositeArrayBuffer.join(weightData);
      await writeFileAtomic(path.join(folder, 'weights.bin'), Buffer.from(weights));
      const manifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
      await writeFileAtomic(
        path.join(folder, 'model.json'),
        JSON.stringify({
          format,
          generatedBy,
          convertedBy,
          modelTopology,
          weightsManifest: manifest,
        }),
      );
      return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
    }),
  );
}

/** Reads what {@link saveModel} wrote; the classes of its layers must be imported already. */
export async function loadModel(folder: string): Promise<LayersModel> {
  const { modelTopology, weightsManifest } = JSON.parse(
    await readFile(path.join(folder, 'model.json'), 'utf8'),
  );
  const weights = await readFile(path.join(folder, 'weights.bin'));
  return loadLayersModel(
    io.fromMemory({
      modelTopology,
      weightSpecs: weightsManifest[0].weights,
      weightData: new Uint8Array(weights).buffer,
    }),
  );
}
