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
 * the host's copy of the strides every `every` batches. The copy ends with the fit, also if the fit
 * throws.
 *
 * @throws ConfigError if `every` is not an integer >= 1.
 */
export function strideMirror(model: LayersModel, options: { every?: number } = {}): CustomCallback {
  requireModel('strideMirror', 'model', model);
  requireOptions('strideMirror', 'options', options, { every: requireSize });
  return new StrideMirror(model, options.every ?? 1);
}

/** The fields of a model that its `fit` sets. */
interface Fitted {
  isTraining: boolean;
  history: object;
}

class StrideMirror extends CustomCallback {
  private fitted: Fitted | null = null;

  constructor(model: LayersModel, every: number) {
    /** tfjs calls no callback if a fit throws, so the copies check whether it still runs. */
    const refresh = async () => {
      const { fitted } = this;
      const history = fitted?.history;
      const hold = await readHostCopies(model);
      hold(() => fitted?.isTraining === true && fitted.history === history);
    };
    super({
      onTrainBegin: refresh,
      onBatchEnd: async (batch) => {
        if ((batch + 1) % every === 0) await refresh();
      },
      onTrainEnd: async () => releaseHostCopies(model),
    });
  }

  /** The model of the fit, which may hold the model with the strides. */
  override setModel(model: object): void {
    this.fitted = model as Fitted;
  }
}
