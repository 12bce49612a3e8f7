import { dispose, io, randomUniform, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import type { RunConfig } from '../config/run-config.js';

/** Equal networks differ by at most this, relative to the largest output. */
const TOLERANCE = 1e-4;

/**
 * Checks before a training that the network can be stored and loaded. Later commands, such as
 * `freeze` and `export`, load it. Poolings of `@ds/layers` are tested, so only a network with a
 * pooling of the user is checked.
 *
 * @param shape of one example.
 * @throws Error that names the module of the pooling if the stored network cannot be loaded, or
 *   predicts other numbers.
 */
export async function requireLoadable(
  model: LayersModel,
  config: RunConfig,
  shape: readonly number[],
): Promise<void> {
  const { pooling, poolingModule } = config;
  if (poolingModule === undefined) return;
  const refuse = (got: string, cause?: unknown): never => {
    throw new Error(
      `--import ${poolingModule}: the layer of '${pooling}' must be the same after it is stored ` +
        `and loaded, got ${got}; return all settings from its getConfig, and register its class ` +
        'with tf.serialization.registerClass',
      { cause },
    );
  };
  let loaded: LayersModel;
  try {
    loaded = await storedAndLoaded(model);
  } catch (error) {
    // tfjs adds a list of reasons.
    return refuse(`"${(error as Error).message.split(/\. |\n/)[0]}"`, error);
  }
  let own: number[];
  let other: number[];
  try {
    [own, other] = [await predictionsOf(model, shape), await predictionsOf(loaded, shape)];
  } finally {
    loaded.dispose();
  }
  // The training names a layer that makes numbers that are not finite.
  const largest = Math.max(...own.filter(Number.isFinite).map(Math.abs));
  const isOther = (value: number, at: number) =>
    Number.isFinite(value) && !(Math.abs(value - other[at]!) <= TOLERANCE * largest);
  if (own.some(isOther)) refuse('a network with other predictions');
}

async function storedAndLoaded(model: LayersModel): Promise<LayersModel> {
  let stored: io.ModelArtifacts = {};
  await model.save(
    io.withSaveHandler(async (artifacts) => {
      stored = artifacts;
      return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
    }),
  );
  // As in a file, where a setting that is not JSON is lost.
  const modelTopology = JSON.parse(JSON.stringify(stored.modelTopology)) as object;
  return loadLayersModel(io.fromMemory({ ...stored, modelTopology }));
}

/** The predictions of one example, with random numbers as its input. */
async function predictionsOf(model: LayersModel, shape: readonly number[]): Promise<number[]> {
  const outputs = tidy(() => {
    const example = randomUniform([1, ...shape], 0, 1, 'float32', 1);
    return [model.predict(example)].flat() as Tensor[];
  });
  const values = await Promise.all(outputs.map((output) => output.data()));
  dispose(outputs);
  return values.flatMap((list) => [...list]);
}
