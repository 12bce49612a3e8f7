import { requireModel, requireOptions, requireSize } from '@ds/checks';
import { layersOf } from '@ds/graph';
import { concat, type Tensor, type Tensor1D, tidy } from '@tensorflow/tfjs-core';
import { CustomCallback, type LayersModel, type layers } from '@tensorflow/tfjs-layers';

/** A layer that needs values of a weight on the host, because the size of its output depends on them. */
export interface MirroringLayer extends layers.Layer {
  /** The weight, shape `[n]`; `null` until the layer is built. */
  mirroredWeight(): Tensor1D | null;
  /** Values to go by until the next call, those of the weight when its data were these. */
  takeMirror(values: number[], dataId: object): void;
  /** From now on only values that are the weight's own count; the layer reads others when it needs them, as it does at first. */
  dropMirror(): void;
}

function mirroringLayers(model: LayersModel): MirroringLayer[] {
  return layersOf(model)
    .map(({ layer }) => layer)
    .filter(
      (layer): layer is MirroringLayer =>
        typeof (layer as Partial<MirroringLayer>).takeMirror === 'function',
    );
}

/**
 * Copies the strides of a model and of its nested models to the host, in one asynchronous read.
 * Until the next refresh its layers take their output sizes from the copy. The masks and the
 * gradients always come from the strides themselves.
 *
 * On a GPU the strides cannot be read without a wait for all the work in the queue. `@ds/train`
 * refreshes by itself; under a plain `model.fit` use {@link strideMirror}. Without either, a layer
 * reads its strides whenever they have changed. In a page on WebGPU this read goes through a
 * canvas, if it works at all.
 *
 * With a stale copy, a frequency may still be cropped although its mask has begun to rise from 0,
 * or still be kept although its mask has fallen to 0.
 */
export async function refreshStrides(model: LayersModel): Promise<void> {
  requireModel('refreshStrides', 'model', model);
  const apply = await readStrides(model);
  apply();
}

/**
 * The first half of {@link refreshStrides}: copies the strides as they will be after the queued
 * work. It resolves to a function that makes the layers use the copy. Nothing changes before that
 * call.
 */
export async function readStrides(model: LayersModel): Promise<() => void> {
  requireModel('readStrides', 'model', model);
  const layers = mirroringLayers(model).flatMap((layer) => {
    const weight = layer.mirroredWeight();
    return weight ? [{ layer, weight, size: weight.size, dataId: weight.dataId }] : [];
  });
  if (layers.length === 0) return () => {};
  const all: Tensor = tidy(() => concat(layers.map(({ weight }) => weight)));
  try {
    const values = await all.data();
    return () => {
      let at = 0;
      for (const { layer, size, dataId } of layers) {
        layer.takeMirror([...values.slice(at, at + size)], dataId);
        at += size;
      }
    };
  } finally {
    all.dispose();
  }
}

/** Ends what {@link refreshStrides} began: the layers of a model read their strides again once they have changed. */
export function forgetStrides(model: LayersModel): void {
  requireModel('forgetStrides', 'model', model);
  for (const layer of mirroringLayers(model)) layer.dropMirror();
}

/**
 * A callback for `model.fit` that refreshes the strides' copy on the host after every so many batches, and drops it at the end:
 * `model.fit(x, y, { callbacks: strideMirror(model) })`.
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
    onTrainEnd: async () => forgetStrides(model),
  });
}
