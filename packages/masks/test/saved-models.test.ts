import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { AdaptiveSpan } from '../src/index.js';

it('a model without packages in class names loads, and is saved with ds>', async () => {
  await tf.setBackend('cpu');
  const inputs = ['q', 'k', 'v'].map((name) => tf.input({ name, shape: [2, 4, 3] }));
  const layer = new AdaptiveSpan({ maxSpan: 4, smoothness: 1 });
  expect(layer.name).toMatch(/^adaptive_span_AdaptiveSpan\d+$/);
  const model = tf.model({ inputs, outputs: layer.apply(inputs) as tf.SymbolicTensor });
  const saved = JSON.stringify(model.toJSON(null, false));
  expect(saved).toContain('"class_name":"ds>AdaptiveSpan"');
  for (const text of [saved, saved.replace('ds>AdaptiveSpan', 'AdaptiveSpan')]) {
    const loaded = await tf.models.modelFromJSON({ modelTopology: JSON.parse(text) } as never);
    const found = loaded.layers.find((one) => one instanceof AdaptiveSpan);
    expect(found?.name).toBe(layer.name);
    expect(found?.weights.map(({ originalName }) => originalName)).toEqual([`${layer.name}/span`]);
    expect(JSON.stringify(loaded.toJSON(null, false))).toContain('"class_name":"ds>AdaptiveSpan"');
  }
});
