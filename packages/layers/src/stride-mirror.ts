import { requireModel, requireOptions, requireSize } from '@ds/checks';
import { readHostCopies, releaseHostCopies } from '@ds/graph';
import { CustomCallback, type LayersModel } from '@tensorflow/tfjs-layers';

/**
 * Copies the strides of a model and of its nested models to the host, in one asynchronous read.
 * Until the next refresh the layers take their output sizes from the copy. Masks and gradients
 * always use the strides themselves. `releaseHostCopies` of `@ds/graph` ends this.
 *
 * On a GPU a read of the strides waits for all queued work. `@ds/train` refreshes the copy itself.
 * With a plain `model.fit` use {@link strideMirror}. Without either, a layer reads its strides
 * after each change. On a page with WebGPU this read goes through a canvas, and may fail.
 *
 * With a stale copy, a frequency may be cropped although its mask is above 0, or be kept although
 * its mask is 0.
 *
 * @throws ConfigError if model is not a model of tf.layers.
 */
export async function refreshStrides(model: LayersModel): Promise<void> {
  requireModel('refreshStrides', 'model', model);
  const hold = await readHostCopies(model);
  hold();
}

/**
 * A callback for `model.fit`: `model.fit(x, y, { callbacks: strideMirror(model) })`. It refreshes
 * the host's copy of the strides every `every` batches, and releases it at the end.
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
