import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { inputShapesOf } from '../src/index.js';

beforeAll(() => tf.setBackend('cpu'));

const open = () =>
  tf.sequential({
    layers: [tf.layers.globalMaxPooling2d({ inputShape: [null, null, 2] })],
  });

/** A model with an image and a list of features as inputs. */
function pair() {
  const inputs = [tf.input({ shape: [null, 4, 1] }), tf.input({ shape: [3] })];
  const flat = tf.layers.globalAveragePooling2d({}).apply(inputs[0]!) as tf.SymbolicTensor;
  const both = tf.layers.concatenate().apply([flat, inputs[1]!]) as tf.SymbolicTensor;
  return tf.model({ inputs, outputs: both });
}

it.each<[unknown, string]>([
  [undefined, 'inputShape must be given for a model with unknown sizes, got undefined'],
  [[4, 5], "inputShape must suit the model's [,,2], got [4,5]"],
  [[4, 5, 3], "inputShape must suit the model's [,,2], got [4,5,3]"],
  [[4, 0, 2], 'inputShape[1] must be an integer in 1 … 16384, got 0'],
  [[[4, 5, 2], [3]], "inputShape must suit the model's [,,2], got [4,5,2], [3]"],
])('a shape of %j is refused', (inputShape, message) => {
  const shapes = () => inputShapesOf('toOnnx', open(), inputShape as number[]);
  expect(shapes).toThrow(`toOnnx: ${message}`);
});

it('returns one shape for each input', () => {
  expect(inputShapesOf('costReport', open(), [4, 5, 2])).toEqual([[4, 5, 2]]);
  expect(inputShapesOf('costReport', pair(), [[7, 4, 1], [3]])).toEqual([[7, 4, 1], [3]]);
});

it("takes the model's own sizes where all are known", () => {
  const known = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [6] })] });
  expect(inputShapesOf('toOnnx', known, undefined)).toEqual([[6]]);
});
