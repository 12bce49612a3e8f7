import { type Checks, ConfigError, requireBoolean, requireOptions } from '@ds/checks';
import { applyInOneModel, hasMember, isModel, layersWith } from '@ds/graph';
import type { serialization } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type ConstantPooling, constantPooling } from './constant-pooling.js';
import { inputShapesOf } from './input-shapes.js';
import { roundedPooling } from './rounded-pooling.js';

/** Options of {@link freezeStrides}. */
export interface FreezeOptions {
  /** Round the strides to integers. Default false. */
  round?: boolean;
}

const FREEZE_CHECKS: Checks<FreezeOptions> = { round: requireBoolean };

/**
 * Copies a model, with constants instead of learned strides. Every linear, separable pooling
 * (`DiffStride`, `SpectralPool`, `BlurPool`, `FlcPool`, `AsapPool`) becomes constant matrices in
 * stock layers (`Conv2D` of 1×1 without bias, `Permute`, `Add`), in a nested model with the name
 * of the pooling. Every other layer is copied with its weights. All shapes are static, as some
 * runtimes require. Without other custom layers the copy saves and loads as an ordinary
 * `LayersModel`, without this project. The outputs agree with those of the model to float32.
 *
 * On a backend with the kernel `Resample` (`useBackend` of `@ds/backend`), the copy runs this kernel
 * instead of the stock layers of a pooling. `fuseFrozen` does the same for a loaded copy.
 *
 * With `round`, a pooling that masks the spectrum becomes one strided depthwise convolution, for
 * hardware without matrix products over pixels. The strides are the integers nearest to the learned
 * strides S, and at least 1:
 *
 *     y[i, j] = Σ_nm g[n, m] · x[i · s_h + n, j · s_w + m],  s = max(1, round(S))
 *
 * The taps g are the inverse DFT of the learned mask, within two strides of the centre. They have
 * the sum of the pooling's matrices, so constant images keep their values. Pixels beyond the border
 * are 0. The outputs differ from those of the model; `roundingReport` measures the accuracy. The
 * strides of `BlurPool` are integers already, so it becomes matrices as without `round`.
 *
 * `inputShape` is [height, width, channels], or a list of such shapes for a model of several
 * inputs. The matrices fit only this size. All branches of a shared pooling use one set of
 * matrices. The layers of nested models become layers of the copy, with names such as `trunk.pool`.
 * A layer inside `TimeDistributed` stays inside.
 *
 * @throws ConfigError if inputShape does not suit the model, or a pooling is inside a wrapper other
 *   than `TimeDistributed`, or an option is unknown or not a boolean.
 */
export function freezeStrides(
  model: tfl.LayersModel,
  inputShape: number[] | number[][],
  options: FreezeOptions = {},
): tfl.LayersModel {
  requireOptions<FreezeOptions>('freezeStrides', 'options', options, FREEZE_CHECKS);
  const shapes = inputShapesOf('freezeStrides', model, inputShape);
  const inputs = model.inputs.map(({ sourceLayer }, at) =>
    tfl.input({ shape: shapes[at]!, name: sourceLayer.name }),
  );
  const copy = new FrozenCopy(wrappersAround(model), options.round ?? false);
  const frozen = tfl.model({
    name: `${model.name}-frozen`,
    inputs,
    outputs: copy.ofGraph(model, inputs, ''),
  });
  copy.setWeights();
  return frozen;
}

/**
 * The wrappers with poolings inside.
 *
 * @throws ConfigError if a wrapper is not `TimeDistributed`. Only that can hold constant matrices.
 */
function wrappersAround(model: tfl.LayersModel): Set<tfl.layers.Layer> {
  const wrappers = new Set<tfl.layers.Layer>();
  for (const pooling of layersWith(model, 'matrices')) {
    for (const layer of pooling.within) {
      if (isModel(layer)) continue;
      wrappers.add(layer);
      const className = layer.getClassName();
      if (className === 'TimeDistributed') continue;
      throw new ConfigError(
        'freezeStrides: model must have poolings only in models and TimeDistributed, ' +
          `got ${pooling.path} in a ${className}`,
      );
    }
  }
  return wrappers;
}

/** The layers and the graph of a static copy. */
class FrozenCopy {
  private readonly twins = new Map<tfl.layers.Layer, tfl.layers.Layer>();
  /** Poolings, and wrappers around poolings, by input size. */
  private readonly poolings = new Map<tfl.layers.Layer, Map<string, ConstantPooling>>();

  private readonly names = new Set<string>();

  constructor(
    private readonly wrappers: Set<tfl.layers.Layer>,
    private readonly isRounded: boolean,
  ) {}

  /** Applies the copy of a model to these inputs. Its layer names begin with `prefix`. */
  ofGraph(
    model: tfl.LayersModel,
    inputs: tfl.SymbolicTensor[],
    prefix: string,
  ): tfl.SymbolicTensor[] {
    const copied = new Map(model.inputs.map((input, at) => [input, inputs[at]!]));
    const copyOf = (tensor: tfl.SymbolicTensor): tfl.SymbolicTensor => {
      const known = copied.get(tensor);
      if (known) return known;
      const { sourceLayer: layer, nodeIndex, tensorIndex } = tensor;
      const node = layer.inboundNodes[nodeIndex]!;
      const pointwise = hasMember(layer, 'matrices')
        ? pointwiseSource(node.inputTensors[0]!)
        : null;
      const outputs = pointwise
        ? this.ofLayer(
            pointwise.layer,
            this.ofLayer(layer, [copyOf(pointwise.input)], prefix),
            prefix,
          )
        : this.ofLayer(layer, node.inputTensors.map(copyOf), prefix);
      outputs.forEach((output, index) => {
        copied.set(node.outputTensors[index]!, output);
      });
      return copied.get(node.outputTensors[tensorIndex]!)!;
    };
    return model.outputs.map(copyOf);
  }

  /** Copies the weights to the layers of the copy. */
  setWeights(): void {
    for (const [layer, copy] of this.twins) {
      if (copy.weights.length > 0) copy.setWeights(layer.getWeights());
    }
  }

  /** Applies the copy of a layer to these inputs. */
  private ofLayer(
    layer: tfl.layers.Layer,
    inputs: tfl.SymbolicTensor[],
    prefix: string,
  ): tfl.SymbolicTensor[] {
    if (isModel(layer)) return this.ofGraph(layer, inputs, `${prefix}${layer.name}.`);
    if (hasMember(layer, 'matrices') || this.wrappers.has(layer)) {
      return [this.poolingOf(layer, inputs[0]!, prefix).apply(inputs[0]!)];
    }
    const twin = this.twins.get(layer) ?? twinOf(layer, this.named(`${prefix}${layer.name}`));
    this.twins.set(layer, twin);
    const output = applyInOneModel(twin, () => twin.apply(single(inputs)));
    return [output].flat() as tfl.SymbolicTensor[];
  }

  /** A pooling, or a wrapper with a pooling inside, for inputs of one size. */
  private poolingOf(
    layer: tfl.layers.Layer,
    x: tfl.SymbolicTensor,
    prefix: string,
  ): ConstantPooling {
    const shape = x.shape.slice(1) as number[];
    const sizes = this.poolings.get(layer) ?? new Map<string, ConstantPooling>();
    this.poolings.set(layer, sizes);
    const found = sizes.get(`${shape}`);
    if (found) return found;
    const name = this.named(`${prefix}${layer.name}${sizes.size === 0 ? '' : `.${sizes.size}`}`);
    const made = hasMember(layer, 'matrices')
      ? ((this.isRounded ? roundedPooling(layer, name, shape) : null) ??
        constantPooling(layer, name, shape))
      : this.wrapperOf(layer as Wrapper, name, shape);
    sizes.set(`${shape}`, made);
    return made;
  }

  /** A free name: the given one, or with a number at the end if it is taken. */
  private named(name: string): string {
    let free = name;
    for (let again = 2; this.names.has(free); again++) free = `${name}.${again}`;
    this.names.add(free);
    return free;
  }

  /** `TimeDistributed` around a copy of its inner layer. */
  private wrapperOf({ layer }: Wrapper, name: string, shape: number[]): ConstantPooling {
    const moment = tfl.input({ shape: shape.slice(1) });
    const [made] = this.ofLayer(layer, [moment], `${name}.`);
    // A pooling that is the identity becomes no layer.
    if (made === moment) return { apply: (x) => x };
    const inner = tfl.model({ name: `${name}.each`, inputs: moment, outputs: made! });
    const wrapper = tfl.layers.timeDistributed({ name, layer: inner });
    return {
      apply: (x) => applyInOneModel(wrapper, () => wrapper.apply(x) as tfl.SymbolicTensor),
    };
  }
}

/** A layer with an inner layer. */
type Wrapper = tfl.layers.Layer & { layer: tfl.layers.Layer };

function single<T>(list: T[]): T | T[] {
  return list.length === 1 ? list[0]! : list;
}

/** A layer of the same configuration, with another name and without the weights. */
function twinOf(layer: tfl.layers.Layer, name: string): tfl.layers.Layer {
  const cls = layer.constructor as serialization.SerializableConstructor<tfl.layers.Layer> & {
    fromConfig: (
      cls: serialization.SerializableConstructor<tfl.layers.Layer>,
      config: serialization.ConfigDict,
    ) => tfl.layers.Layer;
  };
  return cls.fromConfig(cls, { ...layer.getConfig(), name });
}

/**
 * The 1×1 convolution before a tensor, if the pooling can move in front of it. Mixing channels and
 * pooling planes commute. This order is cheaper unless the convolution has fewer outputs than
 * inputs. Returns `null` if there is no such convolution.
 */
function pointwiseSource(
  tensor: tfl.SymbolicTensor,
): { layer: tfl.layers.Layer; input: tfl.SymbolicTensor } | null {
  const layer = tensor.sourceLayer;
  const { kernelSize, strides, useBias, activation, filters, dataFormat } = layer.getConfig();
  const isPointwise =
    layer.getClassName() === 'Conv2D' &&
    [kernelSize, strides].flat().every((size) => size === 1) &&
    useBias === false &&
    activation === 'linear';
  if (!isPointwise) return null;
  const input = layer.inboundNodes[tensor.nodeIndex]!.inputTensors[0]!;
  const channels = input.shape[dataFormat === 'channelsFirst' ? 1 : 3]!;
  return channels <= (filters as number) ? { layer, input } : null;
}
