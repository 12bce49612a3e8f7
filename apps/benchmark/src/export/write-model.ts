import path from 'node:path';
import { toGraphModel, toOnnx } from '@ds/export';
import { freezeStrides } from '@ds/models';
import { toSafetensors } from '@ds/models/safetensors';
import { makeFolder, writeFileWhole } from '@ds/train/checkpoints';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { saveModel, writeArtifacts } from '../run-folder/saved-model.js';
import type { ExportFormat } from './formats.js';

/** How {@link writeModel} writes a model. */
export interface WriteOptions {
  format: ExportFormat;
  /** The file, or the folder of a tfjs model. */
  output: string;
  float16: boolean;
  /** Whether poolings become constant matrices before. Not for safetensors. */
  freezes: boolean;
}

/** Writes a trained model in another format. Makes the folder of the output. */
export async function writeModel(model: LayersModel, options: WriteOptions): Promise<void> {
  const { format, output, float16, freezes } = options;
  // The weights of a frozen model have other names, which no other program knows.
  const written = freezes && format !== 'safetensors' ? frozen(model) : model;
  await makeFolder(path.dirname(output));
  switch (format) {
    case 'onnx':
      return writeFileWhole(output, toOnnx(written, { float16 }));
    case 'tfjs':
      return saveModel(written, output);
    case 'graph-model':
      await makeFolder(output);
      return writeArtifacts(toGraphModel(written, { float16 }), output);
    case 'safetensors': {
      const dtype = float16 ? 'float16' : 'float32';
      return writeFileWhole(output, await toSafetensors(written, { dtype }));
    }
  }
}

/** The model with constants for its strides. Models of runs have a fixed input size. */
function frozen(model: LayersModel): LayersModel {
  return freezeStrides(
    model,
    model.inputs.map(({ shape }) => shape.slice(1) as number[]),
  );
}
