import { ConfigError, refuse } from '@ds/checks';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { LabelledBatch } from './batches.js';
import { labelsOf } from './shard.js';

/**
 * Requires labels that fit the images of a batch and the outputs of a model. The losses require it
 * too, but their errors do not name the function that was called.
 *
 * @throws ConfigError if there is not one tensor for each output, or one has another shape than
 *   [images, classes].
 */
export function requireLabels(op: string, model: LayersModel, batch: LabelledBatch): void {
  const labels = labelsOf(batch);
  const { outputs } = model;
  if (labels.length !== outputs.length) {
    const rule = `be one tensor for each of the model's ${outputs.length} outputs`;
    refuse(op, 'labels', rule, labels.length);
  }
  for (const [task, { shape }] of labels.entries()) {
    const wanted = [batch.images.shape[0], outputs[task]!.shape.at(-1) ?? shape[1]];
    if (shape.join() === wanted.join()) continue;
    throw new ConfigError(
      `${op}: ${labels.length > 1 ? `labels[${task}]` : 'labels'} must have the shape ` +
        `[images, classes] = [${wanted.join(', ')}], got [${shape.join(', ')}]`,
    );
  }
}
