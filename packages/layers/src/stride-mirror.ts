import { requireModel, requireOptions, requireSize } from '@ds/checks';
import { readHostCopies, releaseHostCopies } from '@ds/graph';
import { CustomCallback, type LayersModel } from '@tensorflow/tfjs-layers';

/**
 * Copies the strides of a model and of its nested models to the host, in one asynchronous read.
 * Until the next refresh its layers take their output sizes from the copy. The masks and the
 * gradients always come from the strides themselves. `releaseHostCopies` of `@ds/graph` ends this.
 *
 * On a GPU the strides cannot be read without a wait for all the work in the queue. `@ds/train`
 * refreshes by itself; under a plain `model.fit` use {@link strideMirror}. Without either, a layer
 * reads its strides whenever they have changed. In a page on WebGPU this read goes through a
 * canvas, if it works at all.
 *
 * With a stale copy, a frequency may still be cropped although its mask has begun to rise from 0,
 * or still be kept although its mask has fallen to 0.
 *
 * @throws ConfigError if model is not a model of tf.layers.
 */
export async function refreshStrides(model: LayersModel): Promise<void> {
  requireModel('refreshStrides', 'model', model);
  const hold = await readHostCopies(model);
  hold();
}

/**
 * A callback for `model.fit` that refreshes the strides' copy on the host after every so many
 * batches, and releases it at the end: `model.fit(x, y, { callbacks: strideMirror(model) })`.
 *
 * @throws ConfigError if `every` is not an integer >= 1.
 */
export function strideMirror(model: LayersModel, options: { every?: number } = {}): CustomCallback {
  requireModel('strideMirror', 'model', model);
  requireOptions('strideMirror', 'options', options, { every: requireSize });
  const { every = 1 } = options;
  return new CustomCallback({
    onTrainBegin: () => refreshStrides(model),
    onBatchEnd: async (batch) => {
      if ((batch + 1) % every === 0) await refreshStrides(model);
    },
    onTrainEnd: async () => releaseHostCopies(model),
  });
}
