import { requireModel } from '@ds/checks';
import { concat, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { layersWith } from './layers-with.js';

/**
 * Reads all weights of a model with a `HostCopy`, in one asynchronous read after the queued work.
 * Resolves to a function that holds the values. The copies do not change before that call. Its
 * argument is that of `HostCopy.hold`: whether the hold continues.
 *
 * @throws ConfigError if model is not a model of tf.layers.
 */
export async function readHostCopies(
  model: LayersModel,
): Promise<(isHeld?: () => boolean) => void> {
  requireModel('readHostCopies', 'model', model);
  const copies = layersWith(model, 'hostCopy').flatMap(({ layer: { hostCopy } }) => {
    const weight = hostCopy.weight();
    return weight ? [{ hostCopy, weight, size: weight.size, dataId: weight.dataId }] : [];
  });
  if (copies.length === 0) return () => {};
  const all = tidy(() => concat(copies.map(({ weight }) => weight)));
  try {
    const values = await all.data();
    return (isHeld) => {
      let at = 0;
      for (const { hostCopy, size, dataId } of copies) {
        hostCopy.hold([...values.slice(at, at + size)], dataId, isHeld);
        at += size;
      }
    };
  } finally {
    all.dispose();
  }
}

/**
 * Releases every `HostCopy` of a model. Its layers then read their weights after each change.
 *
 * @throws ConfigError if model is not a model of tf.layers.
 */
export function releaseHostCopies(model: LayersModel): void {
  requireModel('releaseHostCopies', 'model', model);
  for (const { layer } of layersWith(model, 'hostCopy')) layer.hostCopy.release();
}
