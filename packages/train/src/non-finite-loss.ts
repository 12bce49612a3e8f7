import { requireObject } from '@ds/checks';
import { layersOf, watchLayers } from '@ds/graph';
import { clone, dispose, keep, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { ForwardState } from './forward-state.js';
import type { NonFiniteRow } from './non-finite-row.js';

/** The step and the cause of a loss that is not finite. */
export interface NonFinitePlace {
  loss: number;
  epoch: number;
  step: number;
  learningRate: number;
  /** The batch, counted from 0 in its epoch. */
  batch: number;
  /**
   * What was not finite: the batch's `'images'` or `'labels'`, or else a layer's `'weight'` or
   * `'output'`. `'loss'` means that all of these are finite, so it is a penalty or the loss itself.
   */
  source: 'images' | 'labels' | 'weight' | 'output' | 'loss';
  /** The first layer, from the input on, with such a weight or output; `null` for other sources. */
  layer: string | null;
  /**
   * The first such image of the batch, or the first with such labels, counted from 0; else `null`.
   */
  image: number | null;
  /** That image's file, if the batch has `files`. */
  file?: string;
  /**
   * `true` if the images of the step were no longer in memory, so that only the weights were
   * searched.
   */
  weightsOnly?: true;
}

/**
 * `train` throws it when the loss, or what the loss is made of, is no longer finite. The weights,
 * batch norm's statistics and the draws of random poolings are those before the step, unless
 * several steps are read at a time.
 */
export class NonFiniteLoss extends Error {
  override readonly name = 'NonFiniteLoss';

  constructor(
    readonly place: NonFinitePlace,
    options?: ErrorOptions,
  ) {
    requireObject('NonFiniteLoss', 'place', place);
    const { loss, epoch, step, learningRate } = place;
    const subject = Number.isFinite(loss) ? `${place.source} must be` : 'loss must stay';
    super(
      `train: ${subject} finite, got ${Number.isFinite(loss) ? 'a value that is not' : loss} ` +
        `in epoch ${epoch}, step ${step}, at learning rate ${learningRate}; ${blame(place)}`,
      options,
    );
  }
}

function blame({ source, layer, batch, image, file, weightsOnly }: NonFinitePlace): string {
  if (source === 'images' || source === 'labels') {
    const name = file === undefined ? '' : ` (${file})`;
    const what = source === 'images' ? `image ${image}` : `the labels of image ${image}`;
    return `batch ${batch} itself is not finite, first of all ${what}${name}`;
  }
  if (weightsOnly) {
    return 'every weight is finite; its images are gone, so no layer’s output was searched';
  }
  return layer === null
    ? 'every layer’s output is finite, so it is the loss or a penalty'
    : `the first ${source} that is not finite is of layer '${layer}'`;
}

/** Names a row of the batch that is not finite, or else looks through the model. */
export async function blamed(
  model: LayersModel,
  row: NonFiniteRow | null,
  images: Tensor | null,
  files: string[] | undefined,
): Promise<Pick<NonFinitePlace, 'layer' | 'source' | 'image' | 'file' | 'weightsOnly'>> {
  if (!row) return { ...(await firstNonFinite(model, images)), image: null };
  const file = files?.[row.image];
  return {
    source: row.source as 'images' | 'labels',
    layer: null,
    image: row.image,
    ...(file !== undefined && { file }),
  };
}

/**
 * Looks for the first layer with a weight that is not finite, or else with such an output on the
 * images. Without images, or with an empty batch, it looks at weights only. The model stays as it
 * is.
 */
async function firstNonFinite(
  model: LayersModel,
  images: Tensor | null,
): Promise<Pick<NonFinitePlace, 'layer' | 'source' | 'weightsOnly'>> {
  for (const { layer, path } of layersOf(model)) {
    for (const weight of layer.weights) {
      if (!(await isFiniteTensor(weight.read()))) return { layer: path, source: 'weight' };
    }
  }
  if (!images?.size) return { layer: null, source: 'loss', weightsOnly: true };
  const before = ForwardState.of(model);
  const seen: { path: string; value: Tensor }[] = [];
  try {
    watchLayers(
      model,
      () => tidy(() => void model.apply(images, { training: true })),
      ({ path, outputs }) => {
        for (const output of outputs) seen.push({ path, value: keep(clone(output)) });
      },
    );
    for (const { path, value } of seen) {
      if (!(await isFiniteTensor(value))) return { layer: path, source: 'output' };
    }
    return { layer: null, source: 'loss' };
  } finally {
    before.restore();
    before.forget();
    dispose(seen.map(({ value }) => value));
  }
}

async function isFiniteTensor(x: Tensor): Promise<boolean> {
  return ((await x.data()) as Float32Array).every(Number.isFinite);
}
