import { requireModel } from '@ds/checks';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';

/** A model's weights. */
export interface ModelWeights {
  /** Trainable weights, in the model's order. */
  trained: LayerVariable[];
  /** Other weights, such as the statistics of batch norm, in the model's order. */
  untrained: LayerVariable[];
}

/**
 * Lists each weight of a model once. If a layer is also in a nested model, tfjs lists its weights
 * again, and an optimizer would update them twice.
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
