import * as tf from '@tensorflow/tfjs';
import { toGraphModel, toOnnx } from '../src/index.js';
import { batchFor } from './batch-for.js';
import { expectEqual } from './expect-equal.js';
import { runGraphModel } from './run-graph-model.js';
import { runOnnx } from './run-onnx.js';

/** Options of both formats, and the tolerance relative to the largest output. */
interface Expectation {
  tolerance?: number;
  float16?: boolean;
  inputShape?: number[];
}

/** Expects both exported forms of a model to compute what it computes, for batches of 1 and 3. */
export async function expectExported(
  model: tf.LayersModel,
  { tolerance = 1e-5, ...options }: Expectation = {},
): Promise<void> {
  const file = toOnnx(model, options);
  const artifacts = toGraphModel(model, options);
  for (const batch of [1, 3]) {
    const inputs = batchFor(model, batch, options.inputShape);
    const wanted = [model.predict(inputs)].flat() as tf.Tensor[];
    expectEqual(await runOnnx(file, inputs), wanted, tolerance);
    expectEqual(await runGraphModel(artifacts, inputs), wanted, tolerance);
    tf.dispose(inputs);
  }
}
