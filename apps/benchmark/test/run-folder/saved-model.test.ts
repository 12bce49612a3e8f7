import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { useBackend } from '@ds/backend';
import { resnet18, strideVariables } from '@ds/models';
import { unitTensor } from '@ds/testing';
import { io, layers, loadLayersModel, sequential, type Tensor } from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { loadModel, saveModel } from '../../src/run-folder/saved-model.js';

it('writes a model that tfjs loads again, strides and outputs and all', async () => {
  await useBackend('wasm');
  const folder = await mkdtemp(path.join(tmpdir(), 'model-'));
  try {
    const model = resnet18({
      inputShape: [16, 16, 3],
      classes: 4,
      width: 4,
      pooling: 'diffstride',
      poolingConfig: { smoothness: 1 },
      strides: [1, 1, 2.5, 1, 1.5],
      seed: 3,
    });
    await saveModel(model, folder);
    const json = JSON.parse(await readFile(path.join(folder, 'model.json'), 'utf8'));
    const weights = await readFile(path.join(folder, 'weights.bin'));
    const again = await loadLayersModel(
      io.fromMemory({
        modelTopology: json.modelTopology,
        weightSpecs: json.weightsManifest[0].weights,
        weightData: new Uint8Array(weights).buffer,
      }),
    );
    expect(strideVariables(again).map(({ strides }) => strides)).toEqual(
      strideVariables(model).map(({ strides }) => strides),
    );
    const x = unitTensor(1, [2, 16, 16, 3]);
    const outputs = [model, again].map((each) => [...(each.predict(x) as Tensor).dataSync()]);
    expect(outputs[1]).toEqual(outputs[0]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('asks for the module that registers a layer of the model', async () => {
  class HalfPool extends layers.Layer {
    static className = 'HalfPool';
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'model-'));
  try {
    const pooled = new HalfPool({ inputShape: [4] });
    await saveModel(sequential({ layers: [pooled] }), path.join(folder, 'model'));
    const load = () => loadModel(path.join(folder, 'model'));
    const message =
      "--import must name the module that registers the layer 'HalfPool' of " +
      `${path.join(folder, 'model')}`;
    // Other tests of this process may have imported modules, which the error names.
    await expect(load()).rejects.toThrow(new RegExp(`^${message}, got .+$`));
    await writeFile(path.join(folder, 'config.json'), '{"poolingModule":"./half.mjs"}');
    await expect(load()).rejects.toThrow(
      new RegExp(`^${message}, got .+; it was trained with --import \\./half\\.mjs$`),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
