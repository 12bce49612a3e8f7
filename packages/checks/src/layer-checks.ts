import { requireBoolean, requireString } from './require-type.js';

const byTfjs = () => {};

/** Checks of what every `tf.layers` layer takes beside its own configuration, and of what tfjs adds when it loads a model. */
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
