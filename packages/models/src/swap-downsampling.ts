import {
  type Checks,
  ConfigError,
  describe,
  nearest,
  numberIn,
  oneOf,
  refuse,
  requireFunction,
  requireModel,
  requireNumber,
  requireObject,
  requireOptions,
  requireString,
} from '@ds/checks';
import { layersOf, UniqueNames } from '@ds/graph';
import type { PoolingName } from '@ds/layers';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import * as tfl from '@tensorflow/tfjs-layers';
import { copyMetadata } from './copy-metadata.js';
import { type PlacedPooling, SwappedCopy } from './swap-copy.js';
import {
  type Downsampler,
  downsamplersOf,
  isReplaceable,
  type OtherDownsampler,
} from './swap-downsamplers.js';
import { planSwaps } from './swap-plan.js';
import { SwapPooling } from './swap-pooling.js';
import { everyScope, type Scope, scopeOf } from './swap-scopes.js';

/** The strides of a pooling along height and width, or one number for both. */
export type SwapStrides = number | readonly [number, number];

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
  /**
   * The width R of the masks' ramp, in frequency bins, for a pooling with this option. Default: by
   * the smallest map of each layer, R = (n − n/S)/4, from 0.5 to 4, and 1 for maps of unknown size.
   * If learned strides would not reduce a map at this R, it is halved, down to 0.25.
   */
  smoothness?: number;
  /** Options of the pooling without strides: `filterSize`, `norm`, … */
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
  /** Its replacement, or `null` if it stays as it was. */
  swapped: {
    /** The layer after which the pooling comes. */
    after: string;
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
  smoothness: numberIn(0),
  config: requireObject,
};

/**
 * Copies a model, with anti-aliased or learned downsampling instead of strides. Each strided
 * `Conv2D`, `DepthwiseConv2D` or `SeparableConv2D`, each `MaxPooling2D` and each `AveragePooling2D`
 * runs at stride 1, and a registered pooling follows:
 *
 *     y = pool(op₁(x)),  where the original has y[i, j] = op₁(x)[i·s_h, j·s_w]
 *
 * The copy has all weights of the model, the names of its layers, and their `trainable` flags. The
 * model itself does not change. The copy is not compiled. The model may be sequential or
 * functional, with nested models, several inputs and outputs, and layers that are applied several
 * times.
 *
 * - **Positions.** Output j of the pooling lies where output j of the strided layer was, also with
 *   padding `'same'`, which tfjs splits differently at stride 1. With the pooling `'subsample'` the
 *   copy computes what the model computes. Unknown sizes count as multiples of the stride. An
 *   average pooling is left unchanged if its means would shift at unknown sizes.
 * - **Max pooling** becomes a dense maximum and the pooling (Zhang 2019). **Average pooling**
 *   becomes a dense mean and the pooling. Zhang replaces the mean. It stays here, because later
 *   layers were trained on its attenuation, and on means that lie between pixels.
 * - **Sizes** stay those of the model for its own strides. A layer stays as it was if the pooling
 *   cannot give its size. Learned strides have sizes of their own: joined branches share one
 *   pooling, and a layer stays if a later layer needs a fixed size, such as `Flatten`.
 * - **`TimeDistributed`.** Layers inside it are swapped too, if its outputs keep their sizes. So
 *   learned strides need a layer after them, such as a global pooling, in the same wrapper. A
 *   layer that is also outside becomes two layers with equal weights.
 * - **Options of the pooling.** `norm` is `'forward'`, which keeps means. `smoothness` is chosen by
 *   the size of the smallest map, so that a DiffStride reduces it. `config` overrides both.
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
  const replacement = new SwapPooling(OP, pooling, configOf(pooling, options));
  const whole = scopeOf(model);
  try {
    const swapped = swappedScope(whole, pooling, replacement, options);
    copyMetadata(model, swapped.model);
    return swapped;
  } finally {
    // Models that were made for planning are in no wrapper.
    for (const { model: made, isTemporary } of everyScope(whole)) if (isTemporary) made.dispose();
  }
}

/** The copy of a model, with its report. */
function swappedScope(
  whole: Scope,
  pooling: string,
  replacement: SwapPooling,
  options: SwapOptions,
): SwappedModel {
  const { where = () => true } = options;
  const left = new Map<layers.Layer, string>();
  const chosen = new Map<Scope, Downsampler[]>();
  for (const scope of everyScope(whole)) {
    const own: Downsampler[] = [];
    for (const one of downsamplersOf(scope.model, OP, scope.prefix)) {
      if (!isReplaceable(one)) left.set(one.layer, one.reason);
      else if (!isChosen(where, one)) left.set(one.layer, "'where' leaves it out");
      else if (!replacement.takes(one.dataFormat)) {
        left.set(one.layer, `${pooling} takes no ${one.dataFormat}`);
      } else if (!replacement.keepsChannels) {
        left.set(one.layer, `${pooling} changes the number of channels`);
      } else own.push(one);
    }
    chosen.set(scope, own);
  }
  const strides = stridesOf([...chosen.values()].flat(), options.strides, replacement);
  const copies = new ScopeCopies({
    replacement,
    placement: options.placement ?? replacement.placement,
    chosen,
    strides,
    left,
    names: namesIn(whole.model),
  });
  const swapped = copies.of(whole);
  copies.disposeUnused();
  return swapped;
}

/** What all scopes of a model share. */
interface SwapChoices {
  replacement: SwapPooling;
  placement: 'convolution' | 'activation';
  chosen: Map<Scope, Downsampler[]>;
  strides: Map<layers.Layer, [number, number]>;
  /** Why layers stay. */
  left: Map<layers.Layer, string>;
  names: UniqueNames;
}

/** The copies of a model and of what its wrappers apply, from the inside out. */
class ScopeCopies {
  private readonly made = new Map<Scope, SwappedModel>();

  constructor(private readonly choices: SwapChoices) {}

  of(scope: Scope): SwappedModel {
    const known = this.made.get(scope);
    if (known) return known;
    const { replacement, placement, chosen, strides, names } = this.choices;
    const wrappers = new Map<layers.Layer, layers.Layer>();
    for (const [wrapper, inner] of scope.wrapped) {
      const { model, report } = this.of(inner);
      if (!report.some(({ swapped }) => swapped)) continue;
      const { name } = wrapper;
      wrappers.set(wrapper, tfl.layers.timeDistributed({ name, layer: model as layers.Layer }));
    }
    const { model, isWrapped } = scope;
    const plan = planSwaps(model, chosen.get(scope)!, replacement, strides, isWrapped);
    const copy = new SwappedCopy(model, plan.swaps, replacement, placement, names, wrappers);
    const swapped = copy.make();
    const made = { model: swapped, report: this.reportOf(scope, copy.placed, plan.left) };
    this.made.set(scope, made);
    return made;
  }

  /** Frees the copies without a swap, which are in no wrapper. */
  disposeUnused(): void {
    for (const [scope, { model, report }] of this.made) {
      if (scope.isWrapped && !report.some(({ swapped }) => swapped)) model.dispose();
    }
  }

  /** The rows of a scope, in network order. Those of a wrapper are at its place. */
  private reportOf(
    scope: Scope,
    placed: Map<layers.Layer, PlacedPooling>,
    unfit: Map<layers.Layer, string>,
  ): SwapRow[] {
    const own = new Map(
      downsamplersOf(scope.model, OP, scope.prefix).map((one) => [
        one.layer,
        this.rowOf(one, placed.get(one.layer), unfit),
      ]),
    );
    const told = new Set<Scope>();
    return layersOf(scope.model).flatMap(({ layer }) => {
      const inner = scope.wrapped.get(layer);
      if (!inner) return own.get(layer) ?? [];
      if (told.has(inner)) return [];
      told.add(inner);
      return this.of(inner).report;
    });
  }

  private rowOf(
    { layer, path, strides }: Downsampler | OtherDownsampler,
    placed: PlacedPooling | undefined,
    unfit: Map<layers.Layer, string>,
  ): SwapRow {
    return {
      layer: path,
      className: layer.getClassName().replace('ds>', ''),
      strides: [...strides],
      outputShape: layer.inboundNodes[0]?.outputTensors[0]?.shape.slice(1) ?? [],
      swapped: placed ? { ...placed, strides: this.choices.strides.get(layer)! } : null,
      reason: placed ? '' : (unfit.get(layer) ?? this.choices.left.get(layer)!),
    };
  }
}

/** The names of all layers of a model, and of the models and wrappers around them. */
function namesIn(model: LayersModel): UniqueNames {
  const placed = layersOf(model, OP);
  const holders = placed.flatMap(({ within }) => within);
  const layers = [...placed.map(({ layer }) => layer), ...holders];
  return new UniqueNames(
    '.',
    layers.map(({ name }) => name),
  );
}

/** The configuration of the pooling, with the option `smoothness`. */
function configOf(pooling: string, { smoothness, config = {} }: SwapOptions) {
  if (smoothness === undefined) return config;
  if (config.smoothness !== undefined) {
    refuse(OP, 'config', 'not have smoothness if the option smoothness is given', config);
  }
  if (!new SwapPooling(OP, pooling, config).choosesSmoothness) {
    refuse(OP, 'smoothness', `be left out for '${pooling}', which has no ramp`, smoothness);
  }
  return { ...config, smoothness };
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
