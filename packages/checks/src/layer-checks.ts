import { requireBoolean, requireString } from './require-type.js';

const byTfjs = () => {};

/**
 * The checks for the options of every `tf.layers` layer, and for the options that tfjs adds when it
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
