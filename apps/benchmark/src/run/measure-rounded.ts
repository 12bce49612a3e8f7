import { ConfigError } from '@ds/checks';
import { strideVariables } from '@ds/models';
import { evaluate } from '@ds/train';
import { type RoundedCopy, roundedNetwork } from '../network/rounded-network.js';
import { scoreOf } from '../statistics/score.js';
import { inferenceRate } from './inference-rate.js';
import { macsOf } from './model-cost.js';
import type { PreparedRun } from './prepare-run.js';
import type { RoundedNetwork } from './run-result.js';

/**
 * Measures the trained network with integer strides, see `roundedNetwork`. It is not trained again.
 * `null` without learned strides, if a layer cannot be frozen, or if the signal interrupted the
 * test.
 */
export async function measureRounded(
  run: PreparedRun,
  images: number,
): Promise<RoundedNetwork | null> {
  if (strideVariables(run.model).length === 0) return null;
  const rounded = await roundedCopy(run);
  if (!rounded) return null;
  const { data, options } = run;
  const { network, statisticsImages } = rounded;
  try {
    const { losses } = data;
    const evaluation = await evaluate(network, data.test(), { losses, signal: options.signal });
    if (evaluation.stopped || statisticsImages === 0) return null;
    return {
      accuracy: scoreOf(evaluation),
      macs: macsOf(network, data.shape),
      inferenceRate: await inferenceRate(network, data.test(images)),
      statisticsImages,
    };
  } finally {
    network.dispose();
  }
}

async function roundedCopy({ model, data, options }: PreparedRun): Promise<RoundedCopy | null> {
  try {
    return await roundedNetwork(model, data, { signal: options.signal });
  } catch (error) {
    if (error instanceof ConfigError) return null;
    throw error;
  }
}
