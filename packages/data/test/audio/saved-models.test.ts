import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { MelSpectrogram } from '../../src/audio/mel-spectrogram-layer.js';

it('a model saved without a package name loads, and is saved under ds>', async () => {
  await tf.setBackend('cpu');
  const layer = new MelSpectrogram({
    sampleRate: 8000,
    frameLength: 8,
    hopLength: 4,
    bands: 2,
  });
  expect(layer.name).toMatch(/^mel_spectrogram_MelSpectrogram\d+$/);
  const input = tf.input({ shape: [16] });
  const model = tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor });
  const saved = JSON.stringify(model.toJSON(null, false));
  expect(saved).toContain('"class_name":"ds>MelSpectrogram"');
  for (const text of [saved, saved.replace('ds>MelSpectrogram', 'DsMelSpectrogram')]) {
    const loaded = await tf.models.modelFromJSON({ modelTopology: JSON.parse(text) } as never);
    expect(loaded.layers.at(-1)).toBeInstanceOf(MelSpectrogram);
    expect(loaded.layers.at(-1)!.name).toBe(layer.name);
    expect(JSON.stringify(loaded.toJSON(null, false))).toContain(
      '"class_name":"ds>MelSpectrogram"',
    );
  }
});
