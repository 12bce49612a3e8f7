import { ConfigError } from '@ds/checks';
import { freezeStrides, strideVariables } from '@ds/models';
import { evaluate } from '@ds/train';
import type { RoundedNetwork } from '../run-result.js';
import { scoreOf } from '../score.js';
import { inferenceRate } from './inference-rate.js';
import { macsOf } from './model-cost.js';
import type { PreparedRun } from './prepare-run.js';

/**
 * Measures the trained network with its learned strides rounded to integers, as strided depthwise
 * convolutions. It is not trained again. `null` without learned strides, if a layer cannot be
 * frozen, or if the signal interrupted the test.
 */
export async function measureRounded(
  { model, data, options: { signal } }: PreparedRun,
  images: number,
): Promise<RoundedNetwork | null> {
  if (strideVariables(model).length === 0) return null;
  const rounded = frozen(model, data.shape);
  if (!rounded) return null;
  try {
    const { losses } = data;
    const evaluation = await evaluate(rounded, data.test(), { losses, signal });
    if (evaluation.stopped) return null;
    return {
      accuracy: scoreOf(evaluation),
      macs: macsOf(rounded, data.shape),
      inferenceRate: await inferenceRate(rounded, data.test(images)),
    };
  } finally {
    rounded.dispose();
  }
}

function frozen(model: PreparedRun['model'], shape: number[]) {
  try {
    return freezeStrides(model, shape, { round: true });
  } catch (error) {
    if (error instanceof ConfigError) return null;
    throw error;
  }
}
