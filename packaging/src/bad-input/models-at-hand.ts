import { DiffStride } from '@ds/layers';
import * as tf from '@tensorflow/tfjs';
import type { Kind } from './kinds.js';

let made: tf.LayersModel | null = null;

/** A small model with learned strides, from [4, 6, 2] to two logits. It is made once. */
export function model(): tf.LayersModel {
  made ??= tf.sequential({
    layers: [
      new DiffStride({ inputShape: [4, 6, 2], strides: 2 }),
      tf.layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
      tf.layers.dense({ units: 2 }),
    ],
  });
  return made;
}

/** Values that are not models. */
export const noModel: Kind = [null, undefined, 'text', 3, [], {}, () => 1].map((wrong) => ({
  what: typeof wrong === 'object' ? JSON.stringify(wrong) : `${typeof wrong}`,
  make: () => wrong,
}));
