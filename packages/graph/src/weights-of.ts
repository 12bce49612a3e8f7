import { requireModel } from '@ds/checks';
import type { LayersModel, LayerVariable } from '@tensorflow/tfjs-layers';

/** A model's weights. */
export interface ModelWeights {
  /** What is trained, in the model's order. */
  trained: LayerVariable[];
  /** What is not, such as batch norm's statistics, in the model's order. */
  untrained: LayerVariable[];
}

/**
 * The weights of a model, each once: tfjs lists those of a layer again for each model that it stands in, when one is nested in
 * another, and a step of an optimizer would then be made twice.
 *
 * @throws RangeError if model is not a model of tf.layers.
 */
export function weightsOf(model: LayersModel): ModelWeights {
  requireModel('weightsOf', 'model', model);
  return {
    trained: [...new Set(model.trainableWeights)],
    untrained: [...new Set(model.nonTrainableWeights)],
  };
}
