import * as tf from '@tensorflow/tfjs';

/** Runs a graph model on tensors, one per input. Returns the outputs in the signature's order. */
export async function runGraphModel(
  artifacts: tf.io.ModelArtifacts,
  inputs: tf.Tensor[],
): Promise<tf.Tensor[]> {
  const model = await tf.loadGraphModel(tf.io.fromMemory(artifacts));
  try {
    const names = model.inputs.map(({ name }) => name);
    const feeds = Object.fromEntries(names.map((name, at) => [name, inputs[at]!]));
    const wanted = model.outputs.map(({ name }) => name);
    return [model.execute(feeds, wanted)].flat();
  } finally {
    model.dispose();
  }
}
