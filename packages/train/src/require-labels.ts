import { ConfigError, refuse } from '@ds/checks';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { LabelledBatch } from './batches.js';
import { labelsOf } from './shard.js';

/**
 * Requires images of the model's input shape. tfjs checks only the number of channels, and not of
 * every model.
 *
 * @throws ConfigError if the model has several inputs, or the images have another shape or are
 *   texts or complex numbers.
 */
export function requireImages(op: string, model: LayersModel, images: Tensor): void {
  const [input, ...others] = model.inputs;
  if (others.length > 0) refuse(op, 'model', 'have one input', model.inputs.length);
  const wanted = input!.shape;
  requireReal(op, 'images', images);
  const { shape } = images;
  const fits = (side: number | null, axis: number) => side === null || side === shape[axis];
  if (shape.length === wanted.length && wanted.every(fits)) return;
  const sides = wanted.slice(1).map((side) => side ?? 'any');
  throw new ConfigError(
    `${op}: images must have the shape of the model's input, [batch, ${sides.join(', ')}], ` +
      `got [${shape.join(', ')}]`,
  );
}

/**
 * Requires labels that fit the images of a batch and the outputs of a model. The losses require it
 * too, but their errors do not name the function that was called.
 *
 * @throws ConfigError if there is not one tensor for each output, or one has another shape than
 *   [images, classes], or is of texts or complex numbers.
 */
export function requireLabels(op: string, model: LayersModel, batch: LabelledBatch): void {
  const labels = labelsOf(batch);
  const { outputs } = model;
  if (labels.length !== outputs.length) {
    const rule = `be one tensor for each of the model's ${outputs.length} outputs`;
    refuse(op, 'labels', rule, labels.length);
  }
  for (const [task, tensor] of labels.entries()) {
    const name = labels.length > 1 ? `labels[${task}]` : 'labels';
    requireReal(op, name, tensor);
    const { shape } = tensor;
    const wanted = [batch.images.shape[0], outputs[task]!.shape.at(-1) ?? shape[1]];
    if (shape.join() === wanted.join()) continue;
    throw new ConfigError(
      `${op}: ${name} must have the shape [images, classes] = [${wanted.join(', ')}], ` +
        `got [${shape.join(', ')}]`,
    );
  }
}

/** The types that tfjs computes with. */
const REAL = ['float32', 'int32', 'bool'];

/** A batch may be empty, unlike the tensors of `requireTensor`. */
function requireReal(op: string, name: string, { dtype }: Tensor): void {
  if (REAL.includes(dtype)) return;
  throw new ConfigError(`${op}: ${name} must be float32, int32 or bool, got ${dtype}`);
}
