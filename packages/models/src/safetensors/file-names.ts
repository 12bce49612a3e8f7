import { DataError } from '@ds/checks';
import { layersOf } from '@ds/graph';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { SafetensorsFile } from './safetensors-format.js';

/** Names that batch norm of PyTorch stores and that no output depends on. */
const COUNTER = /(^|\.)num_batches_tracked$/;

/** The blur filters that antialiased-cnns stores: constants [channels, 1, k, k]. */
const FILTER = /(^|\.)filt$/;

/** Whether a tensor of a file is known to be no weight. */
export function isConstant(name: string): boolean {
  return COUNTER.test(name) || FILTER.test(name);
}

/**
 * The name of a weight in a file. antialiased-cnns puts a blur before the second convolution of a
 * block and before the convolution of the shortcut. That moves their indices: `conv2` becomes
 * `conv2.1`, `downsample.0` becomes `downsample.1`, and `downsample.1` becomes `downsample.2`.
 */
export function nameInFile(name: string, { tensors }: SafetensorsFile): string {
  const convolution = /^(layer\d+\.\d+\.conv2)(\..+)$/.exec(name);
  if (convolution && tensors.has(`${convolution[1]}.0.filt`)) {
    return `${convolution[1]}.1${convolution[2]}`;
  }
  const shortcut = /^(layer\d+\.\d+\.downsample)\.(\d)(\..+)$/.exec(name);
  if (shortcut && tensors.has(`${shortcut[1]}.0.filt`)) {
    return `${shortcut[1]}.${Number(shortcut[2]) + 1}${shortcut[3]}`;
  }
  return name;
}

/**
 * Checks that each blur of a file is one of the model, with a filter of the same size.
 *
 * @throws DataError that names the filter and the option that is needed.
 */
export function requireSameBlurs(op: string, model: LayersModel, file: SafetensorsFile): void {
  const sizes = new Map(
    layersOf(model, op).map(({ layer, path }) => [path, binomialSize(layer.getConfig())]),
  );
  for (const [name, { shape }] of file.tensors) {
    if (!FILTER.test(name)) continue;
    const size = sizes.get(blurLayer(name));
    if (size === shape.at(-1)) continue;
    throw new DataError(
      `${op}: model must blur as tensor ${name} [${shape}], ` +
        `got ${size === undefined ? 'no blur there' : `filterSize ${size}`}; ` +
        "make it with pooling 'blur', stem 'antialiased' and " +
        `poolingConfig { filterSize: ${shape.at(-1)} }`,
    );
  }
}

/** The filter size of a binomial blur with one size for both axes. */
function binomialSize({ filter, filterSize }: Record<string, unknown>): unknown {
  return filter === 'binomial' ? filterSize : undefined;
}

/** The layer of a model that a filter of antialiased-cnns belongs to. */
function blurLayer(name: string): string {
  const block = /^layer(\d+)\.(\d+)\.(conv2|downsample)\.0\.filt$/.exec(name);
  if (block) return `stage${block[1]}.block${block[2]}.pool`;
  return name === 'maxpool.1.filt' ? 'stem.maxpool' : name;
}
