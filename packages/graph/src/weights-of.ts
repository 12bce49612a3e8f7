import { requireModel } from '@ds/checks';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';

/** A model's weights. */
export interface ModelWeights {
  /** The trained ones, in the model's order. */
  trained: LayerVariable[];
  /** The others, such as batch norm's statistics, in the model's order. */
  untrained: LayerVariable[];
}

/**
 * Lists each weight of a model once. tfjs lists the weights of a layer again for each nested model
 * that it stands in, and an optimizer would step them twice.
 *
 * @throws ConfigError if model is not a model of tf.layers.
 */
export function weightsOf(model: LayersModel): ModelWeights {
  requireModel('weightsOf', 'model', model);
  return {
    trained: [...new Set(model.trainableWeights)],
    untrained: [...new Set(model.nonTrainableWeights)],
  };
}
