import { integerIn, requireModel, requireNumbers } from '@ds/checks';
import type { PoolingMatrices } from '@ds/layers';
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

/** Pixels along a side: the matrices are of that size. */
const LARGEST_SIDE = 2 ** 14;

/** What a pooling shows that is linear and separable at its weights as they stand. */
interface SeparablePooling {
  matrices(input: [number, number]): PoolingMatrices;
}

/**
 * A copy of a model in which learned strides are constants: every pooling that is linear and separable
 * (`DiffStride`, `SpectralPool`, `BlurPool`) becomes constant matrices in stock layers (`Conv2D` without
 * bias, `Reshape`, `Permute`, `Add`), and every other layer is copied with its weights. All shapes are static, and a
 * model without other custom layers saves and loads as an ordinary `LayersModel`, without this project,
 * wherever graphs must be static. Outputs are those of the model to float32.
 *
 * `inputShape` is [height, width, channels]: the matrices hold for this size. A pooling that serves
 * several branches keeps serving them with one set of matrices.
 *
 * @throws Error if inputShape does not suit the model, or the model has several inputs.
 */
export function freezeStrides(model: tfl.LayersModel, inputShape: number[]): tfl.LayersModel {
  requireModel('freezeStrides', 'model', model);
  requireNumbers('freezeStrides', 'inputShape', inputShape, undefined, integerIn(1, LARGEST_SIDE));
  if (model.inputs.length !== 1) {
    throw new Error(`freezeStrides: model must have one input, got ${model.inputs.length}`);
  }
  const declared = model.inputs[0]!.shape.slice(1);
  const fits =
    inputShape.length === declared.length &&
    inputShape.every((size, axis) => declared[axis] == null || declared[axis] === size);
  if (!fits) {
    throw new Error(
      `freezeStrides: inputShape must suit the model's [${declared}], got [${inputShape}]`,
    );
  }
  const input = tfl.input({ shape: inputShape, name: model.inputs[0]!.sourceLayer.name });
  const copied = new Map<tfl.SymbolicTensor, tfl.SymbolicTensor>([[model.inputs[0]!, input]]);
  const layers = new Map<tfl.layers.Layer, tfl.layers.Layer>();
  const poolings = new Map<string, ConstantPooling>();

  const twin = (layer: tfl.layers.Layer): tfl.layers.Layer => {
    const copy = layers.get(layer) ?? twinOf(layer);
    layers.set(layer, copy);
    return copy;
  };
  const copyOf = (tensor: tfl.SymbolicTensor): tfl.SymbolicTensor => {
    const known = copied.get(tensor);
    if (known) return known;
    const { sourceLayer: layer, nodeIndex, tensorIndex } = tensor;
    const node = layer.inboundNodes[nodeIndex]!;
    const outputs = isSeparable(layer)
      ? [pooled(layer, node.inputTensors[0]!)]
      : [twin(layer).apply(single(node.inputTensors.map(copyOf)))].flat();
    outputs.forEach((output, index) => {
      copied.set(node.outputTensors[index]!, output as tfl.SymbolicTensor);
    });
    return copied.get(node.outputTensors[tensorIndex]!)!;
  };
  const pooled = (layer: tfl.layers.Layer & SeparablePooling, input: tfl.SymbolicTensor) => {
    const pool = (x: tfl.SymbolicTensor) => constantPooling(poolings, layer, x).apply(x);
    const pointwise = pointwiseSource(input);
    return pointwise
      ? twin(pointwise.layer).apply(pool(copyOf(pointwise.input)))
      : pool(copyOf(input));
  };

  const outputs = model.outputs.map(copyOf);
  const frozen = tfl.model({ name: `${model.name}-frozen`, inputs: input, outputs });
  for (const [layer, copy] of layers) {
    if (copy.weights.length > 0) copy.setWeights(layer.getWeights());
  }
  return frozen;
}

function single<T>(list: T[]): T | T[] {
  return list.length === 1 ? list[0]! : list;
}

function isSeparable(layer: tfl.layers.Layer): layer is tfl.layers.Layer & SeparablePooling {
  return 'matrices' in layer && typeof layer.matrices === 'function';
}

/** A layer of the same configuration, without its weights yet. */
function twinOf(layer: tfl.layers.Layer): tfl.layers.Layer {
  const cls = layer.constructor as serialization.SerializableConstructor<tfl.layers.Layer> & {
    fromConfig: (
      cls: serialization.SerializableConstructor<tfl.layers.Layer>,
      config: serialization.ConfigDict,
    ) => tfl.layers.Layer;
  };
  return cls.fromConfig(cls, layer.getConfig());
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

function constantPooling(
  known: Map<string, ConstantPooling>,
  layer: tfl.layers.Layer & SeparablePooling,
  x: tfl.SymbolicTensor,
): ConstantPooling {
  const channelsFirst = layer.getConfig().dataFormat === 'channelsFirst';
  const shape = x.shape.slice(1) as [number, number, number];
  const size: [number, number] = channelsFirst ? [shape[1], shape[2]] : [shape[0], shape[1]];
  const key = `${layer.name} at ${shape}`;
  const found = known.get(key);
  if (found) return found;
  const others = [...known.keys()].filter((other) => other.startsWith(`${layer.name} at `)).length;
  const name = others === 0 ? layer.name : `${layer.name}.${others}`;
  const made = makePooling(layer, name, size, channelsFirst);
  known.set(key, made);
  return made;
}

/**
 * `y = R x Cᵀ − U (V x C'ᵀ)` by stock convolutions that contract one axis each: R, then C; V, C' and U.
 * A contraction moves its axis to the end, so the only transposition is of the small result.
 */
function makePooling(
  layer: SeparablePooling,
  layerName: string,
  [height, width]: [number, number],
  channelsFirst: boolean,
): ConstantPooling {
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
    if (this.layer) return this.layer.apply(view(x, image)) as tfl.SymbolicTensor;
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
