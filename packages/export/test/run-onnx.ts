import * as tf from '@tensorflow/tfjs';
import * as ort from 'onnxruntime-web';

// One thread, so that no worker outlives a test.
ort.env.wasm.numThreads = 1;

/** Runs an ONNX file on tensors, one per input. Returns the outputs in the file's order. */
export async function runOnnx(file: Uint8Array, inputs: tf.Tensor[]): Promise<tf.Tensor[]> {
  const session = await ort.InferenceSession.create(file, { executionProviders: ['wasm'] });
  try {
    const feeds = Object.fromEntries(
      session.inputNames.map((name, at) => {
        const { shape } = inputs[at]!;
        return [name, new ort.Tensor('float32', inputs[at]!.dataSync<'float32'>(), shape)];
      }),
    );
    const made = await session.run(feeds);
    return session.outputNames.map((name) => {
      const { data, dims } = made[name]!;
      return tf.tensor(data as Float32Array, [...dims]);
    });
  } finally {
    await session.release();
  }
}
