import * as tf from '@tensorflow/tfjs';

/**
 * A copy of a model, saved and loaded as a program with tfjs alone does it: no class of a saved
 * name `ds>…` is registered meanwhile.
 */
export async function plainModel(model: tf.LayersModel): Promise<tf.LayersModel> {
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  const ours = Object.entries(classNameMap).filter(([name]) => name.startsWith('ds>'));
  for (const [name] of ours) delete classNameMap[name];
  try {
    const modelTopology = JSON.parse(JSON.stringify(saved!.modelTopology));
    return await tf.loadLayersModel(tf.io.fromMemory({ ...saved!, modelTopology }));
  } finally {
    Object.assign(classNameMap, Object.fromEntries(ours));
  }
}
