import { ConfigError } from '@ds/checks';
import { applyInOneModel, hasMember, isModel, type LayerWith, layersWith } from '@ds/graph';
import {
  dispose,
  neg,
  reshape,
  type serialization,
  type Tensor2D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { inputShapesOf } from './input-shapes.js';

/**
 * A copy of a model with constants in place of learned strides. Every pooling that is linear and
 * separable (`DiffStride`, `SpectralPool`, `BlurPool`, `FlcPool`, `AsapPool`) becomes constant
 * matrices in stock layers (`Conv2D` without bias, `Reshape`, `Permute`, `Add`). Every other layer
 * is copied with its weights. All shapes are static. A model without other custom layers saves and
 * loads as an ordinary `LayersModel`, without this project, wherever graphs must be static. Its
 * outputs are those of the model to float32.
 *
 * `inputShape` is [height, width, channels], or a list of such shapes for a model of several
 * inputs. The matrices hold for this size. A pooling that serves several branches serves them with
 * one set of matrices. The layers of nested models become layers of the copy, under names such as
 * `trunk.pool`. What `TimeDistributed` applies stays there.
 *
 * @throws ConfigError if inputShape does not suit the model, or a pooling stands in a wrapper other than
 *   `TimeDistributed`.
 */
export function freezeStrides(
  model: tfl.LayersModel,
  inputShape: number[] | number[][],
): tfl.LayersModel {
  const shapes = inputShapesOf('freezeStrides', model, inputShape);
  const inputs = model.inputs.map(({ sourceLayer }, at) =>
    tfl.input({ shape: shapes[at]!, name: sourceLayer.name }),
  );
  const copy = new FrozenCopy(wrappersAround(model));
  const frozen = tfl.model({
    name: `${model.name}-frozen`,
    inputs,
    outputs: copy.ofGraph(model, inputs, ''),
  });
  copy.setWeights();
  return frozen;
}

/**
 * The wrappers that have poolings in them.
 *
 * @throws ConfigError if a wrapper is not `TimeDistributed`, which alone can hold constant matrices.
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
        'freezeStrides: model must have its poolings in models and TimeDistributed, ' +
          `got ${pooling.path} in a ${className}`,
      );
    }
  }
  return wrappers;
}

/** The layers of a static copy, and the graphs that they make. */
class FrozenCopy {
  private readonly twins = new Map<tfl.layers.Layer, tfl.layers.Layer>();
  /** Poolings, and wrappers around them, by the size of their input. */
  private readonly poolings = new Map<tfl.layers.Layer, Map<string, ConstantPooling>>();

  private readonly names = new Set<string>();

  constructor(private readonly wrappers: Set<tfl.layers.Layer>) {}

  /** The outputs of a model for these inputs. The names of its layers begin with `prefix`. */
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

  /** The outputs of a layer for these inputs. */
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

  /** A pooling, or a wrapper with poolings in it, for inputs of one size. */
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
      ? makePooling(layer, name, shape)
      : this.wrapperOf(layer as Wrapper, name, shape);
    sizes.set(`${shape}`, made);
    return made;
  }

  /** The name, with a number at the end if another layer has it. */
  private named(name: string): string {
    let free = name;
    for (let again = 2; this.names.has(free); again++) free = `${name}.${again}`;
    this.names.add(free);
    return free;
  }

  /** `TimeDistributed` around a copy of the layer that it applies to each moment. */
  private wrapperOf({ layer }: Wrapper, name: string, shape: number[]): ConstantPooling {
    const moment = tfl.input({ shape: shape.slice(1) });
    const [made] = this.ofLayer(layer, [moment], `${name}.`);
    // A pooling that changes nothing leaves no layer.
    if (made === moment) return { apply: (x) => x };
    const inner = tfl.model({ name: `${name}.each`, inputs: moment, outputs: made! });
    const wrapper = tfl.layers.timeDistributed({ name, layer: inner });
    return {
      apply: (x) => applyInOneModel(wrapper, () => wrapper.apply(x) as tfl.SymbolicTensor),
    };
  }
}

/** A layer that holds another. */
type Wrapper = tfl.layers.Layer & { layer: tfl.layers.Layer };

function single<T>(list: T[]): T | T[] {
  return list.length === 1 ? list[0]! : list;
}

/** A layer of the same configuration under another name, without the weights. */
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
 * The 1×1 convolution that makes a tensor, where pooling may as well come first: mixing channels and
 * pooling planes commute, and both are cheaper that way round if it has no fewer outputs than inputs.
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

/** One pooling at one input size, made of stock layers. */
interface ConstantPooling {
  apply(x: tfl.SymbolicTensor): tfl.SymbolicTensor;
}

/**
 * `y = R x Cᵀ − U (V x C'ᵀ)` by stock convolutions that contract one axis each: R, then C; V, C' and U.
 * A contraction moves its axis to the end, so the only transposition is of the small result.
 */
function makePooling(
  layer: LayerWith<'matrices'>,
  layerName: string,
  shape: number[],
): ConstantPooling {
  const channelsFirst = layer.getConfig().dataFormat === 'channelsFirst';
  const [height, width] = (channelsFirst ? shape.slice(1) : shape) as [number, number];
  const { rows, columns, skew } = layer.matrices([height, width]);
  if (!skew && isIdentity(rows) && isIdentity(columns)) {
    dispose([rows, columns]);
    return { apply: (x) => x };
  }
  const [outHeight, outWidth] = [rows.shape[0], columns.shape[0]];
  const contraction = (name: string, matrix: Tensor2D) =>
    new Contraction(`${layerName}.${name}`, matrix);
  const [rowStage, columnStage] = [contraction('rows', rows), contraction('columns', columns)];
  const skewStages = skew && {
    analysis: contraction('skew.rows', skew.analysis),
    columns: contraction('skew.columns', skew.columns),
    synthesis: contraction(
      'skew.synthesis',
      tidy(() => neg(skew.synthesis) as Tensor2D),
    ),
  };
  skew?.synthesis.dispose();
  return {
    apply: (x) => {
      const channels = x.shape[channelsFirst ? 1 : 3]!;
      /** Over rows then columns of `count` × `width`: the axes come out as [C, count, columns]. */
      const bothStages = (first: Contraction, second: Contraction) => {
        const count = first.outputs;
        const narrow = channelsFirst
          ? first.apply(x, [channels, height, width]) // [C, W, count]
          : first.apply(x, [1, height, width * channels]); // [W, C, count]
        return channelsFirst
          ? second.apply(narrow, [channels, width, count])
          : second.apply(narrow, [1, width, channels * count]);
      };
      const main = view(bothStages(rowStage, columnStage), [channels, outHeight, outWidth]);
      const real = channelsFirst ? main : permute(main, [2, 3, 1]);
      if (!skewStages) return real;
      const { analysis, columns: skewColumns, synthesis } = skewStages;
      const inner = bothStages(analysis, skewColumns); // [C, r, w]
      const full = synthesis.apply(inner, [channels, analysis.outputs, outWidth]);
      const imaginary = permute(
        view(full, [channels, outWidth, outHeight]),
        channelsFirst ? [1, 3, 2] : [3, 2, 1],
      );
      return tfl.layers.add().apply([real, imaginary]) as tfl.SymbolicTensor;
    },
  };
}

/** Float32 rounding in a product of DFT matrices. */
const ROUNDING = 1e-6;

/** Whether pooling along an axis changes nothing, as at stride 1 while the ramp lies beyond the band. */
function isIdentity(matrix: Tensor2D): boolean {
  const [outputs, inputs] = matrix.shape;
  if (outputs !== inputs) return false;
  return matrix
    .dataSync()
    .every((value, at) => Math.abs(value - (at % (inputs + 1) === 0 ? 1 : 0)) < ROUNDING);
}

/**
 * The product with a constant matrix [outputs, inputs] along one axis, by a convolution without bias
 * whose kernel spans the axis: `[before, inputs, behind]` → `[before, behind, outputs]`.
 */
class Contraction {
  readonly outputs: number;
  private layer: tfl.layers.Layer | null = null;

  /** Takes the matrix over. */
  constructor(
    private readonly name: string,
    private readonly matrix: Tensor2D,
  ) {
    this.outputs = matrix.shape[0];
  }

  apply(x: tfl.SymbolicTensor, [before, inputs, behind]: number[]): tfl.SymbolicTensor {
    // With nothing in front, the axis is the image's height; else it lies across the width, dilated.
    const leads = before === 1;
    const image = leads ? [inputs!, behind!, 1] : [before!, inputs! * behind!, 1];
    const known = this.layer;
    if (known) {
      return applyInOneModel(known, () => known.apply(view(x, image)) as tfl.SymbolicTensor);
    }
    const kernelSize: [number, number] = leads ? [inputs!, 1] : [1, inputs!];
    const kernel = tidy(() => reshape(transpose(this.matrix), [...kernelSize, 1, this.outputs]));
    this.layer = tfl.layers.conv2d({
      name: this.name,
      filters: this.outputs,
      kernelSize,
      dilationRate: leads ? 1 : [1, behind!],
      padding: 'valid',
      useBias: false,
      trainable: false,
      weights: [kernel],
    });
    const y = this.layer.apply(view(x, image)) as tfl.SymbolicTensor;
    dispose([this.matrix, kernel]);
    return y;
  }
}

function permute(x: tfl.SymbolicTensor, dims: number[]): tfl.SymbolicTensor {
  return tfl.layers.permute({ dims }).apply(x) as tfl.SymbolicTensor;
}

function view(x: tfl.SymbolicTensor, targetShape: number[]): tfl.SymbolicTensor {
  return tfl.layers.reshape({ targetShape }).apply(x) as tfl.SymbolicTensor;
}
