import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { blamed, NonFiniteLoss } from './non-finite-loss.js';
import type { MadeStep } from './step-log.js';
import type { ShardMeasures } from './step-measures.js';

/** Whether the loss of a step, its images and its labels are finite. */
export function isFiniteStep({ loss, nonFinite }: ShardMeasures): boolean {
  return Number.isFinite(loss) && !nonFinite;
}

/**
 * The error of a step that is not finite. It names the cause.
 *
 * @param images the images of the step, or `null` if they are no longer in memory.
 */
export async function errorOfStep(
  model: LayersModel,
  { loss, nonFinite }: ShardMeasures,
  { epoch, step, learningRate, batch, files }: MadeStep,
  images: Tensor | null,
): Promise<NonFiniteLoss> {
  const place = await blamed(model, nonFinite, images, files);
  return new NonFiniteLoss({ ...place, loss, epoch, step, learningRate, batch });
}

/** The error of weights that are not finite after a step, whose own loss was finite. */
export async function errorOfWeights(
  model: LayersModel,
  { loss, epoch, step, learningRate, batch, files }: MadeStep & { loss: number },
): Promise<NonFiniteLoss> {
  const place = await blamed(model, null, null, files);
  return new NonFiniteLoss({ ...place, loss, epoch, step, learningRate, batch });
}

/**
 * The cause of a failed step: a {@link NonFiniteLoss} if the model has a weight that is not finite,
 * which a layer may have refused, else the error itself.
 */
export async function causeOfFailure(
  error: unknown,
  model: LayersModel,
  { epoch, step, learningRate, batch, files }: MadeStep,
): Promise<unknown> {
  const place = await blamed(model, null, null, files);
  if (place.source !== 'weight') return error;
  return new NonFiniteLoss(
    { ...place, loss: Number.NaN, epoch, step, learningRate, batch },
    { cause: error },
  );
}
