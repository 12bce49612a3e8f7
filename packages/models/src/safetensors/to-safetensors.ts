import {
  type Check,
  ConfigError,
  oneOf,
  refuse,
  requireModel,
  requireObject,
  requireOptions,
  requireString,
} from '@ds/checks';
import { tidy, transpose } from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { namedWeights } from './named-weights.js';
import { formatSafetensors, type WrittenTensor } from './safetensors-format.js';

/** Options of {@link toSafetensors}. */
export interface ToSafetensorsOptions {
  /**
   * Number format of kernels. `'float16'` halves the file. Biases, batch norm and the weights of
   * poolings, also their kernels, are float32 in any case, since they are small, and sizes of maps
   * depend on strides. Default `'float32'`.
   */
  dtype?: 'float32' | 'float16';
  /** Texts for the header of the file. Default none. */
  metadata?: Record<string, string>;
}

/** The largest finite float16. */
const LARGEST_HALF = 65504;

/** Checks texts by name. */
const requireTexts: Check = (op, name, value) => {
  requireObject(op, name, value);
  for (const [key, text] of Object.entries(value as object)) {
    requireString(op, `${name}.${key}`, text);
  }
};

/**
 * The weights of a model as a safetensors file. A ResNet of this package gets torchvision's names
 * and layouts, so PyTorch loads it with `load_state_dict`. Poolings with weights are added:
 * `layer2.0.pool.strides`, and `pool.strides` for the stem. A pre-activation network has its final
 * batch norm under `norm`. In any other model the names are `layer/weight`, with the layouts of
 * tf.layers. {@link loadSafetensors} reads all of them.
 *
 * @throws ConfigError if an argument is wrong, two weights have one name, or a kernel does not fit
 *   into float16.
 */
export function toSafetensors(
  model: LayersModel,
  options: ToSafetensorsOptions = {},
): Promise<Uint8Array> {
  return safetensorsOf('toSafetensors', model, options);
}

/** {@link toSafetensors}, with errors that name another function. */
export async function safetensorsOf(
  op: string,
  model: LayersModel,
  options: ToSafetensorsOptions,
): Promise<Uint8Array> {
  requireModel(op, 'model', model);
  requireOptions<ToSafetensorsOptions>(op, 'options', options, {
    dtype: oneOf('float32', 'float16'),
    metadata: requireTexts,
  });
  const { dtype = 'float32', metadata = {} } = options;
  const tensors: WrittenTensor[] = [];
  for (const { name, weight, layer, axes } of namedWeights(op, model)) {
    const stored = tidy(() => transpose(weight.read(), axes));
    const values = Float32Array.from(await stored.data());
    const { shape } = stored;
    stored.dispose();
    const wrong = values.find((value) => !Number.isFinite(value));
    if (wrong !== undefined) {
      refuse(op, `the weight ${name} of model`, 'hold finite numbers', wrong);
    }
    const isHalf = dtype === 'float16' && shape.length > 1 && !isOwnClass(layer);
    const large = isHalf ? values.find((value) => Math.abs(value) > LARGEST_HALF) : undefined;
    if (large !== undefined) {
      throw new ConfigError(
        `${op}: dtype must be 'float32' for tensor ${name} [${shape}], ` +
          `got 'float16' for a value of ${large}; its limit is ${LARGEST_HALF}`,
      );
    }
    tensors.push({ name, dtype: isHalf ? 'F16' : 'F32', shape, values });
  }
  return formatSafetensors(tensors, { model: model.name, ...metadata });
}

/** Its kernel is that of an ordinary convolution. By name, the file needs no `@ds/layers`. */
const CONVOLUTION = 'ds>MaskedConv2D';

/** Whether a layer is a pooling or an activation of `@ds/layers`, or another class `ds>…`. */
function isOwnClass(layer: layers.Layer): boolean {
  const name = layer.getClassName();
  return name.startsWith('ds>') && name !== CONVOLUTION;
}
