import type { PoolingMatrices } from '@ds/layers';
import {
  concat,
  dispose,
  neg,
  type serialization,
  type Tensor,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/** What a pooling shows that is linear and separable at its weights as they stand. */
interface SeparablePooling {
  matrices(input: [number, number]): PoolingMatrices;
}

/**
 * A copy of a model in which learned strides are constants: every pooling that is linear and separable
 * (`DiffStride`, `SpectralPool`) becomes two constant matrices in stock layers (`Dense` without bias,
 * `Permute`, `Reshape`), and every other layer is copied with its weights. All shapes are static, and a
 * model without other custom layers saves and loads as an ordinary `LayersModel`, without this project,
 * wherever graphs must be static. Outputs are those of the model to float32.
 *
 * `inputShape` is [height, width, channels]: the matrices hold for this size. A pooling that serves
 * several branches keeps serving them with one set of matrices.
 *
 * @throws Error if inputShape does not suit the model, or the model has several inputs.
 */
export function freezeStrides(model: tfl.LayersModel, inputShape: number[]): tfl.LayersModel {
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

  const copyOf = (tensor: tfl.SymbolicTensor): tfl.SymbolicTensor => {
    const known = copied.get(tensor);
    if (known) return known;
    const { sourceLayer: layer, nodeIndex, tensorIndex } = tensor;
    const node = layer.inboundNodes[nodeIndex]!;
    const inputs = node.inputTensors.map(copyOf);
    const argument = inputs.length === 1 ? inputs[0]! : inputs;
    let outputs: tfl.SymbolicTensor | tfl.SymbolicTensor[];
    if (isSeparable(layer)) {
      const pooling = constantPooling(poolings, layer, inputs[0]!);
      outputs = pooling.apply(inputs[0]!);
    } else {
      const twin = layers.get(layer) ?? twinOf(layer);
      layers.set(layer, twin);
      outputs = twin.apply(argument) as tfl.SymbolicTensor | tfl.SymbolicTensor[];
    }
    [outputs].flat().forEach((output, index) => {
      copied.set(node.outputTensors[index]!, output);
    });
    return [outputs].flat()[tensorIndex]!;
  };

  const outputs = model.outputs.map(copyOf);
  const frozen = tfl.model({ name: `${model.name}-frozen`, inputs: input, outputs });
  for (const [layer, twin] of layers) {
    if (twin.weights.length > 0) twin.setWeights(layer.getWeights());
  }
  return frozen;
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
  const key = `${layer.name} at ${size}`;
  const found = known.get(key);
  if (found) return found;
  const made = makePooling(layer, size, channelsFirst);
  known.set(key, made);
  return made;
}

/**
 * `y = R x Cᵀ − R' x C'ᵀ` as one product a side: along the width with [Cᵀ | C'ᵀ], then along the
 * height, both halves stacked, with [Rᵀ ; −R'ᵀ]. Each product is a `Dense` on the last axis.
 */
function makePooling(
  layer: tfl.layers.Layer & SeparablePooling,
  size: [number, number],
  channelsFirst: boolean,
): ConstantPooling {
  const [columnKernel, rowKernel] = tidy(() => {
    const { rows, columns } = layer.matrices(size);
    const both = rows.imag && columns.imag ? { rows: rows.imag, columns: columns.imag } : null;
    const alongWidth = concat(both ? [columns.real, both.columns] : [columns.real], 0);
    const alongHeight = concat(both ? [rows.real, neg(both.rows) as Tensor] : [rows.real], 1);
    return [transpose(alongWidth), transpose(alongHeight)];
  }) as [Tensor, Tensor];
  const count = rowKernel.shape[0]! / size[0];
  const outWidth = columnKernel.shape[1]! / count;
  const outHeight = rowKernel.shape[1]!;
  const columns = constantDense(`${layer.name}.columns`, columnKernel);
  const rows = constantDense(`${layer.name}.rows`, rowKernel);
  return {
    apply: (x) => {
      const channels = x.shape[channelsFirst ? 1 : 3]!;
      // [channels, height, width] throughout; tfjs counts the axes of Permute from 1.
      let y = channelsFirst ? x : permute(x, [3, 1, 2]);
      y = columns.apply(y) as tfl.SymbolicTensor;
      y = reshape(y, [channels, size[0], count, outWidth]);
      y = permute(y, [1, 4, 3, 2]);
      y = reshape(y, [channels, outWidth, count * size[0]]);
      y = rows.apply(y) as tfl.SymbolicTensor;
      dispose([columnKernel, rowKernel]);
      y = reshape(y, [channels, outWidth, outHeight]);
      return permute(y, channelsFirst ? [1, 3, 2] : [3, 2, 1]);
    },
  };
}

/** A product with a constant matrix along the last axis; it takes the kernel over when applied. */
function constantDense(name: string, kernel: Tensor): tfl.layers.Layer {
  const units = kernel.shape[1]!;
  return tfl.layers.dense({ name, units, useBias: false, trainable: false, weights: [kernel] });
}

function permute(x: tfl.SymbolicTensor, dims: number[]): tfl.SymbolicTensor {
  return tfl.layers.permute({ dims }).apply(x) as tfl.SymbolicTensor;
}

function reshape(x: tfl.SymbolicTensor, targetShape: number[]): tfl.SymbolicTensor {
  return tfl.layers.reshape({ targetShape }).apply(x) as tfl.SymbolicTensor;
}
