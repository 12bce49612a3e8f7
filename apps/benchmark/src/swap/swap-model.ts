import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type SwapOptions, swapDownsampling, swapTable } from '@ds/models';
import { moduleOf } from '../poolings/import-poolings.js';
import { requireOptionFlags, requirePoolingName } from '../poolings/pooling-options.js';
import { useOwnBackend } from '../process/own-backend.js';
import { requireNoResult } from '../run-folder/protected-output.js';
import { saveModel } from '../run-folder/saved-model.js';
import { readLayersModel } from './read-layers-model.js';

/** Options of the `swap` command. */
export interface SwapCommandOptions {
  /** A registered pooling. */
  pooling: string;
  /** Strides [height, width] by layer. */
  strides?: Record<string, [number, number]>;
  /** Which layers to swap, by their paths. */
  only?: RegExp;
  placement?: 'convolution' | 'activation';
  smoothness?: number;
  /** Folder of the result. */
  output: string;
}

/**
 * Swaps the downsampling of a saved model, and saves the result. Returns a table of the layers.
 *
 * @throws Error that names the flag or the file if one of them is wrong, or if no layer is swapped.
 */
export async function swapModel(file: string, options: SwapCommandOptions): Promise<string> {
  const { pooling, strides, only, placement, smoothness, output } = options;
  requirePoolingName(pooling);
  if (pooling === 'conv') throw new Error("--pooling must be a pooling, got 'conv'");
  requireOptionFlags({ smoothness }, [pooling]);
  if (path.resolve(output) === path.resolve(path.dirname(file))) {
    throw new Error(`--output must be another folder than that of ${file}, got '${output}'`);
  }
  requireNoResult(output);
  // The result does not depend on the backend. This one is the fastest in Node.
  await useOwnBackend('wasm');
  const model = await readLayersModel(file);
  const chosen: SwapOptions = {
    ...(strides && { strides }),
    ...(only && { where: (_layer, name) => only.test(name) }),
    ...(placement && { placement }),
    smoothness,
  };
  const { model: copy, report } = swapDownsampling(model, pooling, chosen);
  const table = swapTable(report).replaceAll("'where' leaves it out", '--only leaves it out');
  const count = report.filter(({ swapped }) => swapped).length;
  if (count === 0) {
    throw new Error(`${file}: no layer can be swapped, so nothing was written\n\n${table}`);
  }
  await saveModel(copy, output);
  const own = moduleOf(pooling);
  const modules = ['@ds/layers', ...(own === undefined ? [] : [pathToFileURL(own).href])];
  const imports = modules.map((module) => `import '${module}'`);
  return (
    `${table}\n\n${count} of ${report.length} layers swapped. ` +
    `Load ${path.join(output, 'model.json')} after ${imports.join(' and ')}.`
  );
}
