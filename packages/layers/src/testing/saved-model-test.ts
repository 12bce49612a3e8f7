import { dispose, io, type Tensor } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';
import { relativeDifference } from './differences.js';
import { image } from './slopes.js';
import type { TestedPooling } from './tested-pooling.js';

/** Tests that the layer survives saving and loading a model. */
export function testSavedModel({ sides, create }: TestedPooling): void {
  it('survives a saved model', async () => {
    const input = tfl.input({ shape: [...sides.saved, 2] });
    const model = tfl.model({
      inputs: input,
      outputs: create().apply(input) as tfl.SymbolicTensor,
    });
    let saved: io.ModelArtifacts | undefined;
    await model.save(
      io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      }),
    );
    const modelTopology = JSON.parse(JSON.stringify(saved!.modelTopology));
    const copy = await tfl.loadLayersModel(io.fromMemory({ ...saved!, modelTopology }));
    const x = image([2, ...sides.saved, 2], 0.4);
    const [a, b] = [model, copy].map((m) => m.predict(x) as Tensor);
    expect(b!.shape).toEqual(a!.shape);
    expect(relativeDifference(b!, a!)).toBe(0);
    dispose([x, a!, b!]);
    model.dispose();
    copy.dispose();
  });
}
