import { requireBoolean, requireString } from './require-type.js';

const byTfjs = () => {};

/**
 * The checks of the options that every `tf.layers` layer takes, and of those that tfjs adds when it
 * loads a model.
 */
export const LAYER_CHECKS = {
  name: requireString,
  trainable: requireBoolean,
  dtype: byTfjs,
  inputShape: byTfjs,
  batchInputShape: byTfjs,
  batchSize: byTfjs,
  weights: byTfjs,
  inputDType: byTfjs,
  customObjects: byTfjs,
};
