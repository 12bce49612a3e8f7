import { ConfigError } from '@ds/checks';
import { MapSizeError } from '@ds/layers';
import { zeros } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import type { RunConfig } from '../config/run-config.js';
import { moduleOf } from '../poolings/import-poolings.js';
import { useOwnBackend } from '../process/own-backend.js';
import { formOf } from './forward-macs.js';
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
    const place = { dataset, imageSize, sounds, network, variant, stem };
    const key = JSON.stringify({ pooling, poolingConfig, strides, ...place });
    if (tried.has(key)) continue;
    tried.add(key);
    await useOwnBackend('wasm');
    // The map sizes do not depend on the width.
    const small = { ...config, width: 2 };
    const form = formOf(small);
    const { shape } = form;
    const model = fittingModel(() => modelOf(small, form), { pooling, strides });
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
 * Makes a model. A pooling may refuse a map already then, and names its layer and the size of the
 * map. Other errors come from the layer of a user's pooling, and may name nothing.
 */
export function fittingModel(
  make: () => LayersModel,
  { pooling, strides }: Pick<RunConfig, 'pooling' | 'strides'>,
): LayersModel {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof MapSizeError)) {
      if (error instanceof ConfigError || moduleOf(pooling) === undefined) throw error;
      throw new Error(
        `--import ${moduleOf(pooling)}: a network with pooling '${pooling}' cannot be built: ` +
          (error as Error).message,
        { cause: error },
      );
    }
    throw unsuited({ pooling, strides }, whyMap(error.layer, error.map, error.reason), error);
  }
}

function whyMap(layer: string, map: readonly (number | null)[], reason: string): string {
  return `layer '${layer}' gets a map of ${map.map((side) => side ?? '?').join('×')} (${reason})`;
}

/** The error for a map that is too small for its pooling. */
function unsuited(
  { pooling, strides }: Pick<RunConfig, 'pooling' | 'strides'>,
  why: string,
  cause: unknown,
): Error {
  return new Error(
    `strides [${strides.join(', ')}] do not suit pooling '${pooling}': ${why}. ` +
      'Choose smaller strides or larger images',
    { cause },
  );
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
        const [x] = [given[0]].flat();
        const map = x!.shape.slice(1, 3);
        const why = whyMap(layer.name, map, (error as Error).message);
        throw unsuited({ pooling, strides }, why, error);
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
