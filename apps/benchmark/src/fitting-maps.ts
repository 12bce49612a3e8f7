import { zeros } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { formOf } from './forward-macs.js';
import { useOwnBackend } from './own-backend.js';
import type { RunConfig } from './run-config.js';
import { modelOf } from './run-model.js';

/**
 * Tests the poolings of all runs on one blank image each, before any training starts.
 *
 * @throws Error that names the layer and the size of its map if a map is too small for its pooling.
 */
export async function requireFittingMaps(configs: RunConfig[]): Promise<void> {
  const tried = new Set<string>();
  for (const config of configs) {
    const { pooling, poolingConfig, strides, dataset, imageSize, sounds } = config;
    const { model: network, variant, stem } = config;
    const form = { dataset, imageSize, sounds, network, variant, stem };
    const key = JSON.stringify({ pooling, poolingConfig, strides, ...form });
    if (tried.has(key)) continue;
    tried.add(key);
    await useOwnBackend('wasm');
    // The map sizes do not depend on the width.
    const small = { ...config, width: 1 };
    const { shape, ...rest } = formOf(small);
    const model = modelOf(small, { shape, ...rest });
    try {
      namingPoolings(model, { pooling, strides }, () => {
        const blank = zeros([1, ...shape]);
        for (const tensor of [model.predict(blank), blank].flat()) tensor.dispose();
      });
    } finally {
      model.dispose();
    }
  }
}

/**
 * Calls a function with a model. Errors of the poolings name the layer and the size of its
 * input.
 */
export function namingPoolings<Result>(
  model: LayersModel,
  { pooling, strides }: Pick<RunConfig, 'pooling' | 'strides'>,
  run: () => Result,
): Result {
  const poolings = model.layers.filter(({ name }) => name.endsWith('.pool'));
  for (const layer of poolings) {
    const call = layer.call.bind(layer);
    layer.call = (...given: Parameters<layers.Layer['call']>) => {
      try {
        return call(...given);
      } catch (error) {
        const [map] = [given[0]].flat();
        const size = map!.shape.slice(1, 3).join('×');
        throw new Error(
          `strides [${strides.join(', ')}] do not suit pooling '${pooling}': ` +
            `layer '${layer.name}' gets a map of ${size} (${(error as Error).message}). ` +
            'Choose smaller strides or larger images',
          { cause: error },
        );
      }
    };
  }
  try {
    return run();
  } finally {
    // This restores the class's own method.
    for (const layer of poolings) delete (layer as Partial<layers.Layer>).call;
  }
}
