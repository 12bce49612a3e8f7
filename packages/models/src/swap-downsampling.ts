import {
  type Checks,
  ConfigError,
  describe,
  nearest,
  oneOf,
  refuse,
  requireFunction,
  requireModel,
  requireNumber,
  requireObject,
  requireOptions,
  requireString,
} from '@ds/checks';
import type { PoolingName } from '@ds/layers';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { SwappedCopy } from './swap-copy.js';
import { type Downsampler, downsamplersOf, isReplaceable } from './swap-downsamplers.js';
import { planSwaps } from './swap-plan.js';
import { SwapPooling } from './swap-pooling.js';

/** The strides of a pooling along height and width, or one number for both. */
export type SwapStrides = number | [number, number];

/** Options of {@link swapDownsampling}. */
export interface SwapOptions {
  /**
   * Whether to swap a layer. `path` is the layer's name, after the names of the models around it:
   * `trunk/conv`. Default: every layer that reduces images.
   */
  where?: (layer: layers.Layer, path: string) => boolean;
  /**
   * The strides of the poolings, by the name or the path of the layer, or as a function. A layer
   * without an entry, or with `undefined`, keeps its own strides.
   */
  strides?:
    | Record<string, SwapStrides>
    | ((layer: layers.Layer, path: string) => SwapStrides | undefined);
  /**
   * The position of the pooling: directly after the `'convolution'`, or after its batch norm and
   * its `'activation'`. Default: that of the pooling's traits.
   */
  placement?: 'convolution' | 'activation';
  /** Options of the pooling without strides: `filterSize`, `smoothness`, … */
  config?: Record<string, unknown>;
}

/** One layer that reduces its input. */
export interface SwapRow {
  /** The layer's path, after the models and wrappers around it: `trunk/conv`. */
  layer: string;
  /** The class of the layer, such as `Conv2D`. */
  className: string;
  /** The strides of the layer. */
  strides: number[];
  /** Shape of its first output, without the batch axis. Unknown sizes are `null`. */
  outputShape: (number | null)[];
  /** What has become of it, or `null` if it stays as it was. */
  swapped: {
    /** The layer after which the pooling comes. */
    behind: string;
    /** The name of the pooling layer, or `null` where the pooling is left out at stride 1. */
    pooling: string | null;
    /** The strides of the pooling. */
    strides: [number, number];
    /** Shape of the pooling's output, without the batch axis. Learned sizes are `null`. */
    outputShape: (number | null)[];
  } | null;
  /** Why it stays as it was. Empty if it is swapped. */
  reason: string;
}

/** Result of {@link swapDownsampling}. */
export interface SwappedModel {
  model: LayersModel;
  /** Every layer that reduces its input, in network order. */
  report: SwapRow[];
}

const OP = 'swapDownsampling';

const CHECKS: Checks<SwapOptions> = {
  where: requireFunction,
  strides: (op, name, value) => {
    if (typeof value !== 'function') requireObject(op, name, value);
  },
  placement: oneOf('convolution', 'activation'),
  config: requireObject,
};

/**
 * Copies a model, with anti-aliased or learned downsampling instead of strides. Each strided
 * `Conv2D`, `DepthwiseConv2D` or `SeparableConv2D`, each `MaxPooling2D` and each `AveragePooling2D`
 * runs at stride 1, and a registered pooling follows:
 *
 *     y = pool(op₁(x)),  where the original has y[i, j] = op₁(x)[i·s_h, j·s_w]
 *
 * The copy has all weights of the model, the names of its layers, and what is trained of them. The
 * model itself does not change. The copy is not compiled. It takes sequential and functional
 * models, nested models, several inputs and outputs, and layers that are applied several times.
 *
 * - **Alignment.** Output j of the pooling lies where output j of the strided layer was, also with
 *   padding `'same'`, which tfjs splits differently at stride 1. With the pooling `'subsample'` the
 *   copy computes what the model computes.
 * - **Max pooling** becomes a dense maximum and the pooling (Zhang 2019). **Average pooling**
 *   becomes a dense mean and the pooling. Zhang replaces the mean. It stays here, because later
 *   layers were trained on its attenuation, and on means that lie between pixels.
 * - **Sizes** stay those of the model for its own strides. A layer stays as it was if the pooling
 *   cannot give its size. Learned strides have sizes of their own: joined branches share one
 *   pooling, and a layer stays if a later layer needs a fixed size, such as `Flatten`.
 * - **Options of the pooling.** `norm` is `'forward'`, which keeps means. `smoothness` is chosen by
 *   the size of the smallest map: `R = (n − n/S)/4`, at most 4. `config` overrides both.
 *
 * @param pooling a registered name, such as `'blur'` or `'diffstride'`.
 * @returns the copy, and a report of what was swapped, what was left, and why.
 * @throws ConfigError if model is not a built model of tf.layers, the pooling is not registered, an
 *   option is unknown or of a wrong type, strides name no layer that is swapped or are not ≥ 1, or
 *   the pooling refuses its configuration or its strides.
 */
export function swapDownsampling(
  model: LayersModel,
  pooling: PoolingName,
  options: SwapOptions = {},
): SwappedModel {
  requireModel(OP, 'model', model);
  if (!model.inputs?.length || !model.outputs?.length) {
    refuse(OP, 'model', 'be built, for example by an inputShape of its first layer', model);
  }
  requireString(OP, 'pooling', pooling);
  requireOptions<SwapOptions>(OP, 'options', options, CHECKS);
  const { where = () => true, config = {} } = options;
  const replacement = poolingOf(pooling, config);
  const placement = options.placement ?? replacement.placement;
  const all = downsamplersOf(model, OP);
  const left = new Map<layers.Layer, string>();
  const chosen: Downsampler[] = [];
  for (const one of all) {
    if (!isReplaceable(one)) left.set(one.layer, one.reason);
    else if (!isChosen(where, one)) left.set(one.layer, "'where' leaves it out");
    else if (!replacement.takes(one.dataFormat)) {
      left.set(one.layer, `${pooling} takes no ${one.dataFormat}`);
    } else chosen.push(one);
  }
  const strides = stridesOf(chosen, options.strides, replacement);
  const plan = planSwaps(model, chosen, replacement, strides);
  const copy = new SwappedCopy(model, plan.swaps, replacement, placement);
  const swapped = copy.make();
  const report = all.map(({ layer, path, strides: own }): SwapRow => {
    const placed = copy.placed.get(layer);
    return {
      layer: path,
      className: layer.getClassName().replace('ds>', ''),
      strides: [...own],
      outputShape: layer.inboundNodes[0]?.outputTensors[0]?.shape.slice(1) ?? [],
      swapped: placed ? { ...placed, strides: strides.get(layer)! } : null,
      reason: placed ? '' : (plan.left.get(layer) ?? left.get(layer)!),
    };
  });
  return { model: swapped, report };
}

function poolingOf(name: string, config: Record<string, unknown>): SwapPooling {
  try {
    return new SwapPooling(OP, name, config);
  } catch (error) {
    const { message } = error as Error;
    if (message.startsWith(`${OP}: `)) throw error;
    throw new ConfigError(`${OP}: ${message.replace(/^\w+: name/, 'pooling')}`, { cause: error });
  }
}

function isChosen(where: NonNullable<SwapOptions['where']>, { layer, path }: Downsampler): boolean {
  const answer: unknown = where(layer, path);
  if (typeof answer !== 'boolean') refuse(OP, 'where', `return a boolean for '${path}'`, answer);
  return answer as boolean;
}

/** The strides of the pooling at each layer. */
function stridesOf(
  chosen: Downsampler[],
  given: SwapOptions['strides'],
  pooling: SwapPooling,
): Map<layers.Layer, [number, number]> {
  if (typeof given === 'object') requireNames(chosen, Object.keys(given));
  const strides = new Map<layers.Layer, [number, number]>();
  for (const { layer, path, strides: own, dataFormat } of chosen) {
    const stride =
      typeof given === 'function' ? given(layer, path) : (given?.[path] ?? given?.[layer.name]);
    const what = `strides of '${path}'`;
    const pair = stride === undefined ? own : pairOf(what, stride);
    pooling.make({ name: 'tried', strides: pair, dataFormat, smoothness: null }, what);
    strides.set(layer, pair);
  }
  return strides;
}

function requireNames(chosen: Downsampler[], names: string[]): void {
  const known = chosen.flatMap(({ layer, path }) => [path, layer.name]);
  for (const name of names) {
    if (known.includes(name)) continue;
    const hint = nearest(name, known);
    throw new ConfigError(
      `${OP}: strides must name layers that are swapped${hint ? ` ('${hint}'?)` : ''}, ` +
        `got ${describe(name)}`,
    );
  }
}

function pairOf(what: string, stride: unknown): [number, number] {
  const pair = Array.isArray(stride) ? stride : [stride, stride];
  if (pair.length !== 2) refuse(OP, what, 'be a number or two numbers', stride);
  for (const one of pair) requireNumber(OP, what, one, 1);
  return pair as [number, number];
}
