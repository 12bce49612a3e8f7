import type { Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { blamed, NonFiniteLoss } from './non-finite-loss.js';
import type { MadeStep } from './step-log.js';
import type { ShardMeasures } from './step-measures.js';

/**
 * Requires that the loss of a step, its images and its labels are finite.
 *
 * @param images the images of the step, or `null` if they are no longer in memory.
 * @throws NonFiniteLoss that names the cause.
 */
export async function requireFiniteStep(
  model: LayersModel,
  { loss, nonFinite }: ShardMeasures,
  { epoch, step, learningRate, batch, files }: MadeStep,
  images: Tensor | null,
): Promise<void> {
  if (Number.isFinite(loss) && !nonFinite) return;
  const place = await blamed(model, nonFinite, images, files);
  throw new NonFiniteLoss({ ...place, loss, epoch, step, learningRate, batch });
}

/**
 * The cause of a failed step: a {@link NonFiniteLoss} if the model has a weight that is not finite,
 * which a layer may have refused, else the error itself.
 */
export async function causeOfFailure(
  error: unknown,
  model: LayersModel,
  made: MadeStep,
): Promise<unknown> {
  const place = await blamed(model, null, null, made.files);
  if (place.source !== 'weight') return error;
  return new NonFiniteLoss({ ...made, ...place, loss: Number.NaN }, { cause: error });
}
