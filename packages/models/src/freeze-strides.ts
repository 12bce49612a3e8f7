import { type Checks, ConfigError, requireBoolean, requireList, requireOptions } from '@ds/checks';
import {
  applyInOneModel,
  evaluateGraph,
  inputShapesOf,
  isModel,
  layersOf,
  nodesOf,
  UniqueNames,
} from '@ds/graph';
import { isMaskedDepth, type MaskedDepth } from '@ds/layers';
import * as tfl from '@tensorflow/tfjs-layers';
import type { ConstantPooling } from './constant-pooling.js';
import { copyMetadata } from './copy-metadata.js';
import { customLayers, refuseCustomLayers } from './custom-layers.js';
import { type FrozenLayer, storeReport } from './frozen-layer.js';
import { applyTwin, copyWeights, twinOf } from './layer-twin.js';
import { LearnedShapes } from './learned-shapes.js';
import { pointwiseSource } from './pointwise-source.js';
import type { Rounding } from './rounding.js';
import { isFreezable, stockPooling } from './stock-pooling.js';

/** Options of {@link freezeStrides}. */
export interface FreezeOptions {
  /** Replace the strides by integers. Default false. */
  round?: boolean;
  /**
   * Keep the layers that stock layers cannot replace. The copy then loads only where their classes
   * are registered. Default false: such a layer is an error.
   */
  keepCustom?: boolean;
}

const FREEZE_CHECKS: Checks<FreezeOptions> = { round: requireBoolean, keepCustom: requireBoolean };

/**
 * Copies a model, with constants instead of learned strides and with stock layers only. The copy
 * saves and loads as an ordinary `LayersModel`, without this project. All shapes are static, as
 * some runtimes require. The outputs agree with those of the model to float32.
 *
 * Each pooling becomes a nested model with the name of the pooling:
 *
 * - A linear, separable pooling or upsampling (`DiffStride`, `SpectralPool`, `BlurPool`, `FlcPool`,
 *   `AsapPool`, `SpectralUpsample`, `BlurUpsample`, `InterpolatedUpsample`, `FractionalUnpool` of
 *   one average, and your own with `matrices`) becomes constant matrices: `Conv2D` of 1×1 without
 *   bias, `Permute` and `Add`. A pooling that is the identity disappears.
 * - Those of sound, video and volumes, such as `DiffStride1D` and `SpectralPool3D`, become `Dense`
 *   without bias, `Permute` and `Add`.
 * - `MaxBlurPool` and `AvgBlurPool` become a pooling over windows, and then the matrices of the
 *   blur.
 * - `FractionalMaxPool` and `FractionalAvgPool` get the regions that they have at inference. Means
 *   are matrices. For maxima, matrices copy each region to the size of the largest, and
 *   `MaxPooling2D` follows. Several samples end in `Average`.
 * - `PolynomialActivation` and `UpsampledRelu` become two pairs of matrices, with depthwise
 *   convolutions of 1×1 and `Multiply`, or `ReLU`, between them.
 *
 * `MaskedConv2D` becomes a `Conv2D` of its kept taps and channels. `MaskedDepth` becomes the blocks
 * that run, each with a batch norm that multiplies by its factor.
 *
 * `ApsPool` and `LpsPool` choose a grid for each image, the weights of `TipsPool` depend on the
 * image, `PolyphaseUpsample` and other unpoolings follow a choice, and `FlcPool` with `modulus`
 * takes a square root. No stock layers compute these. They and other custom layers are an error
 * that lists all of them, unless `keepCustom` is set. Every stock layer is copied with its weights.
 * `freezeReport` lists what became of each pooling.
 *
 * On a backend with the kernel `Resample` (`useBackend` of `@ds/backend`), the copy runs this
 * kernel instead of the stock layers of a pooling. `fuseFrozen` does the same for a loaded copy.
 *
 * With `round`, a pooling that masks the Fourier spectrum becomes one strided depthwise
 * convolution, for hardware without matrix products over pixels. Along an axis of N pixels in the
 * copy, the stride s leaves the map nearest to the n pixels of the learned map:
 *
 *     y[i, j] = Σ_nm g[n, m] · x[i · s_h + n, j · s_w + m]
 *     s = argmin max(m/n, n/m),  m = ⌈N/s⌉,  1 ≤ s ≤ N
 *
 * This is often less than the learned stride S, since a mask of smoothness R keeps n ≈ N/S + 2R
 * frequencies. The taps g are the inverse DFT of the learned mask for N pixels, within two learned
 * strides of the centre. They have the sum of the pooling's matrices, so constant images keep their
 * values. Pixels beyond the border are 0. The outputs differ from those of the model;
 * `roundingReport` measures the accuracy, and `recomputeStatistics` of `@ds/train` fits the batch
 * norms to the new maps. Other poolings, such as those of cosine transforms, sound and volumes,
 * become the same layers as without `round`.
 *
 * `inputShape` is [height, width, channels] for images, or a list of shapes for a model of several
 * inputs. The matrices fit only this size. All branches of a shared pooling use one set of
 * matrices. The layers of nested models become layers of the copy, with names such as `trunk.pool`.
 * A layer inside `TimeDistributed` stays inside. If it is outside too, it becomes two layers with
 * equal weights.
 *
 * @throws ConfigError if inputShape does not suit the model, a layer is custom, a pooling is inside
 *   a wrapper other than `TimeDistributed`, or an option is unknown or not a boolean.
 */
export function freezeStrides(
  model: tfl.LayersModel,
  inputShape: number[] | number[][],
  options: FreezeOptions = {},
): tfl.LayersModel {
  requireOptions<FreezeOptions>('freezeStrides', 'options', options, FREEZE_CHECKS);
  requireList('freezeStrides', 'inputShape', inputShape);
  const shapes = inputShapesOf('freezeStrides', model, inputShape);
  const { round = false, keepCustom = false } = options;
  const copy = new FrozenCopy(model, wrappersAround(model), round);
  if (!keepCustom) refuseCustomLayers(model);
  const inputs = model.inputs.map(({ sourceLayer, shape: [batch], dtype }, at) =>
    tfl.input({ batchShape: [batch ?? null, ...shapes[at]!], dtype, name: sourceLayer.name }),
  );
  const frozen = tfl.model({
    name: `${model.name}-frozen`,
    inputs,
    outputs: copy.ofModel(inputs),
  });
  for (const { outboundLayer, outputTensors } of nodesOf(frozen)) {
    const sizes = outputTensors.flatMap(({ shape }) => shape);
    if (sizes.every((size) => size === null || size > 0)) continue;
    throw new ConfigError(
      `freezeStrides: inputShape must leave every layer a map, got [${inputShape}], which leaves ` +
        `none at '${outboundLayer.name}'`,
    );
  }
  copy.setWeights();
  copyMetadata(model, frozen);
  storeReport(frozen, copy.report);
  return frozen;
}

/**
 * The wrappers with poolings inside.
 *
 * @throws ConfigError if a wrapper is not `TimeDistributed`. Only that can hold constant matrices.
 */
function wrappersAround(model: tfl.LayersModel): Set<tfl.layers.Layer> {
  const wrappers = new Set<tfl.layers.Layer>();
  for (const { layer: pooling, path, within } of layersOf(model)) {
    if (!isFreezable(pooling)) continue;
    for (const layer of within) {
      if (isModel(layer) || isMaskedDepth(layer)) continue;
      wrappers.add(layer);
      const className = layer.getClassName();
      if (className === 'TimeDistributed') continue;
      throw new ConfigError(
        'freezeStrides: model must have poolings only in models and TimeDistributed, ' +
          `got ${path} in a ${className}`,
      );
    }
  }
  return wrappers;
}

/** ε of the batch norms that multiply by a constant. */
const FACTOR_EPSILON = 1e-3;

/** The layers and the graph of a static copy. */
class FrozenCopy {
  private twins = new Map<tfl.layers.Layer, tfl.layers.Layer>();
  /** Poolings, and wrappers around poolings, by input size. */
  private poolings = new Map<tfl.layers.Layer, Map<string, Apply>>();
  /** Every layer with its copies. */
  private readonly copies: [layer: tfl.layers.Layer, copy: tfl.layers.Layer][] = [];
  private readonly names: UniqueNames;
  private readonly paths: Map<tfl.layers.Layer, string>;
  private readonly custom: Set<tfl.layers.Layer>;
  /** The shapes in the model, with rounded strides. */
  private readonly learned: LearnedShapes | null;
  /** What became of each pooling and custom layer. */
  readonly report: FrozenLayer[] = [];

  constructor(
    private readonly model: tfl.LayersModel,
    private readonly wrappers: Set<tfl.layers.Layer>,
    isRounded: boolean,
  ) {
    this.learned = isRounded ? new LearnedShapes() : null;
    this.names = new UniqueNames(
      '.',
      model.inputs.map(({ sourceLayer }) => sourceLayer.name),
    );
    this.paths = new Map(layersOf(model).map(({ layer, path }) => [layer, path]));
    this.custom = new Set(customLayers(model).map(({ layer }) => layer));
  }

  /**
   * Applies the copy of the whole model to these inputs. Without its identity poolings, an output
   * could be an input or another output, so it passes through a linear layer.
   */
  ofModel(inputs: tfl.SymbolicTensor[]): tfl.SymbolicTensor[] {
    const { model } = this;
    const taken = new Set(inputs);
    return this.ofGraph(model, inputs, '').map((output, at) => {
      const name = model.outputs[at]!.sourceLayer.name;
      const own = taken.has(output)
        ? (tfl.layers
            .activation({ name: this.names.free(name), activation: 'linear' })
            .apply(output) as tfl.SymbolicTensor)
        : output;
      taken.add(own);
      return own;
    });
  }

  /** Applies the copy of a model to these inputs. Its layer names begin with `prefix`. */
  ofGraph(
    model: tfl.LayersModel,
    inputs: tfl.SymbolicTensor[],
    prefix: string,
  ): tfl.SymbolicTensor[] {
    return evaluateGraph(model, inputs, ({ outboundLayer: layer, inputTensors }, copyOf) => {
      const isAlone = inputTensors.length === 1;
      const pointwise = isAlone ? pointwiseSource(layer, inputTensors[0]!, copyOf) : null;
      if (!pointwise) return this.ofLayer(layer, inputTensors.map(copyOf), prefix);
      const pooled = this.ofLayer(layer, [copyOf(pointwise.input)], prefix);
      return this.ofLayer(pointwise.layer, pooled, prefix);
    });
  }

  /** Copies the weights to the layers of the copy. */
  setWeights(): void {
    for (const [layer, copy] of this.copies) copyWeights('freezeStrides', layer, copy);
  }

  /** Applies the copy of a layer to these inputs. */
  private ofLayer(
    layer: tfl.layers.Layer,
    inputs: tfl.SymbolicTensor[],
    prefix: string,
  ): tfl.SymbolicTensor[] {
    if (isModel(layer)) return this.ofGraph(layer, inputs, `${prefix}${layer.name}.`);
    if (isMaskedDepth(layer)) return [this.ofDepth(layer, inputs[0]!, `${prefix}${layer.name}.`)];
    const outputs = this.ofOneLayer(layer, inputs, prefix);
    this.learned?.apply(layer, inputs, outputs);
    return outputs;
  }

  /** {@link ofLayer} for a layer that is neither a model nor residual blocks. */
  private ofOneLayer(
    layer: tfl.layers.Layer,
    inputs: tfl.SymbolicTensor[],
    prefix: string,
  ): tfl.SymbolicTensor[] {
    if (isFreezable(layer) || this.wrappers.has(layer)) {
      return [this.poolingOf(layer, inputs, prefix)(inputs[0]!)];
    }
    const twin = this.twins.get(layer) ?? this.twinFor(layer, prefix);
    const isNew = !this.twins.has(layer);
    if (isNew) this.copies.push([layer, twin]);
    this.twins.set(layer, twin);
    const outputs = applyTwin('freezeStrides', layer, twin, inputs);
    if (isNew && this.custom.has(layer)) this.note(layer, inputs[0]!, outputs[0]!, null);
    return outputs;
  }

  /** The blocks that run. A batch norm at inference multiplies each branch by its factor. */
  private ofDepth(layer: MaskedDepth, x: tfl.SymbolicTensor, prefix: string): tfl.SymbolicTensor {
    let sum = x;
    for (const [at, factor] of layer.factors().entries()) {
      const block = layer.blocks[at]!;
      const [branch] = this.ofGraph(block, [sum], `${prefix}${block.name}.`);
      const scale = tfl.layers.batchNormalization({
        name: this.names.free(`${prefix}${block.name}.factor`),
        center: false,
        epsilon: FACTOR_EPSILON,
        gammaInitializer: tfl.initializers.constant({
          value: factor * Math.sqrt(1 + FACTOR_EPSILON),
        }),
        trainable: false,
      });
      const add = tfl.layers.add({ name: this.names.free(`${prefix}${block.name}.add`) });
      const scaled = scale.apply(branch!) as tfl.SymbolicTensor;
      const before = sum;
      sum = add.apply([before, scaled]) as tfl.SymbolicTensor;
      // A block keeps the shape of its input.
      this.learned?.apply(add, [before, before], [sum]);
    }
    return sum;
  }

  private twinFor(layer: tfl.layers.Layer, prefix: string): tfl.layers.Layer {
    return twinOf('freezeStrides', layer, { name: this.names.free(`${prefix}${layer.name}`) });
  }

  /** A pooling, or a wrapper with a pooling inside, for inputs of one size. */
  private poolingOf(layer: tfl.layers.Layer, inputs: tfl.SymbolicTensor[], prefix: string): Apply {
    const [shape, reference] = inputs.map((input) => input.shape.slice(1) as number[]);
    const learned = this.learned?.outputOf(layer, inputs).slice(1) as number[] | undefined;
    const sizes = this.poolings.get(layer) ?? new Map<string, Apply>();
    this.poolings.set(layer, sizes);
    const key = `${shape} ${reference ?? ''} ${learned ?? ''}`;
    const found = sizes.get(key);
    if (found) return found;
    const name = this.names.free(
      `${prefix}${layer.name}${sizes.size === 0 ? '' : `.${sizes.size}`}`,
    );
    const made = isFreezable(layer)
      ? this.noted(layer, stockPooling(layer, name, shape!, reference, learned))
      : this.wrapperOf(layer as Wrapper, name, inputs[0]!);
    sizes.set(key, made);
    return made;
  }

  /** A pooling that enters the report when it is first applied. */
  private noted(layer: tfl.layers.Layer, { apply, stock, rounding }: ConstantPooling): Apply {
    let isNew = true;
    return (x) => {
      const y = apply(x);
      if (isNew) this.note(layer, x, y, stock, rounding);
      isNew = false;
      return y;
    };
  }

  private note(
    layer: tfl.layers.Layer,
    x: tfl.SymbolicTensor,
    y: tfl.SymbolicTensor,
    stock: string[] | null,
    rounding?: Rounding,
  ): void {
    this.report.push({
      layer: this.paths.get(layer)!,
      className: layer.getClassName(),
      inputShape: x.shape.slice(1),
      outputShape: y.shape.slice(1),
      stock,
      ...(rounding && { rounding }),
    });
  }

  /**
   * `TimeDistributed` around a copy of its inner layer. Layers that are also outside get copies of
   * their own, since tfjs saves no weight that is in two models.
   */
  private wrapperOf({ layer }: Wrapper, name: string, input: tfl.SymbolicTensor): Apply {
    const moment = tfl.input({ shape: input.shape.slice(2) });
    this.learned?.enterWrapper(input, moment);
    const outside = { twins: this.twins, poolings: this.poolings };
    Object.assign(this, { twins: new Map(), poolings: new Map() });
    const [made] = this.ofLayer(layer, [moment], `${name}.`);
    Object.assign(this, outside);
    // A pooling that is the identity becomes no layer.
    if (made === moment) return (x) => x;
    const inner = tfl.model({ name: `${name}.each`, inputs: moment, outputs: made! });
    const wrapper = tfl.layers.timeDistributed({ name, layer: inner });
    return (x) => {
      const y = applyInOneModel(wrapper, () => wrapper.apply(x) as tfl.SymbolicTensor);
      this.learned?.leaveWrapper(x, made!, y);
      return y;
    };
  }
}

/** Applies layers of the copy to a tensor. */
type Apply = (x: tfl.SymbolicTensor) => tfl.SymbolicTensor;

/** A layer with an inner layer. */
type Wrapper = tfl.layers.Layer & { layer: tfl.layers.Layer };
