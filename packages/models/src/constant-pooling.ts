import { applyInOneModel, isIdentityMatrix, layersOf } from '@ds/graph';
import type { PoolingMatrices } from '@ds/kernels';
import { dispose, neg, reshape, type Tensor2D, tidy, transpose } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { fusePooling } from './fused-pooling.js';
import type { Rounding } from './rounding.js';

/** One pooling at one input size, in stock layers. */
export interface ConstantPooling {
  apply(x: tfl.SymbolicTensor): tfl.SymbolicTensor;
  /** The class names of the stock layers in network order. Empty if the pooling is the identity. */
  stock: string[];
  /** How its strides became integers, with `round`. */
  rounding?: Rounding;
}

/** A pooling that returns its input. */
export const IDENTITY: ConstantPooling = { apply: (x) => x, stock: [] };

/**
 * A pooling as constant matrices, `y = R x Cᵀ − U (V x C'ᵀ)`, in stock layers. A `Permute` moves an
 * axis to the end, and a 1×1 convolution multiplies this axis by a matrix: R, then C; V, then C',
 * then U. Backends compute 1×1 convolutions as matrix products. Disposes of the matrices.
 *
 * The layers form a nested model with the name `name`. `shape` is the image's, without the batch
 * axis. Where the backend has a kernel for the whole pooling, this model runs it.
 */
export function constantPooling(
  name: string,
  shape: number[],
  matrices: PoolingMatrices,
  dataFormat: 'channelsFirst' | 'channelsLast',
): ConstantPooling {
  const { rows, columns, skew } = matrices;
  if (!skew && isIdentityMatrix(rows) && isIdentityMatrix(columns)) {
    dispose([rows, columns]);
    return IDENTITY;
  }
  const isFirst = dataFormat === 'channelsFirst';
  return nestedModel(name, shape, (x) => inStockLayers(x, name, matrices, isFirst), fusePooling);
}

/**
 * A nested model for images of `shape`, with the layers that `build` applies. `prepare` gets the
 * model before its first use.
 */
export function nestedModel(
  name: string,
  shape: number[],
  build: (x: tfl.SymbolicTensor) => tfl.SymbolicTensor,
  prepare: (model: tfl.LayersModel) => void = () => {},
): ConstantPooling {
  const input = tfl.input({ name: `${name}.input`, shape });
  const output = build(input);
  if (output === input) return IDENTITY;
  const model = tfl.model({ name, inputs: input, outputs: output });
  prepare(model);
  const inside = layersOf(model).map(({ layer }) => layer.getClassName());
  return {
    stock: inside.filter((className) => className !== 'InputLayer'),
    apply: (x) => applyInOneModel(model, () => model.apply(x) as tfl.SymbolicTensor),
  };
}

/** Pools an image by stock layers. Disposes of the matrices. */
function inStockLayers(
  x: tfl.SymbolicTensor,
  layerName: string,
  { rows, columns, skew }: PoolingMatrices,
  channelsFirst: boolean,
): tfl.SymbolicTensor {
  const product = (name: string, matrix: Tensor2D, image: tfl.SymbolicTensor) =>
    multiplyLastAxis(`${layerName}.${name}`, matrix, image);
  /** Moves the next axis to the end. */
  const turned = (image: tfl.SymbolicTensor) =>
    permute(image, channelsFirst ? [1, 3, 2] : [2, 3, 1]);
  const lines = turned(x); // [W, C, H], or [C, W, H] with channels first
  let y = product('columns', columns, turned(product('rows', rows, lines))); // [C, h, w]
  if (skew) {
    const negated = tidy(() => neg(skew.synthesis) as Tensor2D);
    skew.synthesis.dispose();
    const narrow = product('skew.rows', skew.analysis, lines);
    const inner = product('skew.columns', skew.columns, turned(narrow)); // [C, r, w]
    const full = product('skew.synthesis', negated, permute(inner, [1, 3, 2])); // [C, w, h]
    const sum = tfl.layers.add({ name: `${layerName}.sum` });
    y = sum.apply([y, permute(full, [1, 3, 2])]) as tfl.SymbolicTensor;
  }
  return channelsFirst ? y : turned(y);
}

/**
 * Multiplies the last axis by a constant matrix [outputs, inputs]: `[…, inputs]` → `[…, outputs]`.
 * Disposes of the matrix.
 */
function multiplyLastAxis(
  name: string,
  matrix: Tensor2D,
  x: tfl.SymbolicTensor,
): tfl.SymbolicTensor {
  const [outputs, inputs] = matrix.shape;
  const kernel = tidy(() => reshape(transpose(matrix), [1, 1, inputs, outputs]));
  const layer = tfl.layers.conv2d({
    name,
    filters: outputs,
    kernelSize: 1,
    useBias: false,
    trainable: false,
    weights: [kernel],
  });
  const y = layer.apply(x) as tfl.SymbolicTensor;
  dispose([matrix, kernel]);
  return y;
}

function permute(x: tfl.SymbolicTensor, dims: number[]): tfl.SymbolicTensor {
  return tfl.layers.permute({ dims }).apply(x) as tfl.SymbolicTensor;
}
