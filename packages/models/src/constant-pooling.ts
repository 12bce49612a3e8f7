import { applyInOneModel, type LayerWith } from '@ds/graph';
import type { PoolingMatrices } from '@ds/kernels';
import { dispose, neg, reshape, type Tensor2D, tidy, transpose } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { fusePooling } from './fused-pooling.js';

/** One pooling at one input size, in stock layers. */
export interface ConstantPooling {
  apply(x: tfl.SymbolicTensor): tfl.SymbolicTensor;
}

/**
 * A pooling as constant matrices: `y = R x Cᵀ − U (V x C'ᵀ)` in stock convolutions. Each one
 * contracts one axis: R, then C; V, then C', then U. A contraction moves its axis to the end, so
 * only the small result is transposed.
 *
 * The layers form a nested model with the name `layerName`. `shape` is the image's, without the
 * batch axis. Where the backend has a kernel for the whole pooling, this model runs it.
 */
export function constantPooling(
  layer: LayerWith<'matrices'>,
  layerName: string,
  shape: number[],
): ConstantPooling {
  const channelsFirst = layer.getConfig().dataFormat === 'channelsFirst';
  const [height, width] = (channelsFirst ? shape.slice(1) : shape) as [number, number];
  const matrices = layer.matrices([height, width]);
  const { rows, columns, skew } = matrices;
  if (!skew && isIdentity(rows) && isIdentity(columns)) {
    dispose([rows, columns]);
    return { apply: (x) => x };
  }
  const input = tfl.input({ name: `${layerName}.input`, shape });
  const output = inStockLayers(input, layerName, matrices, channelsFirst);
  const model = tfl.model({ name: layerName, inputs: input, outputs: output });
  fusePooling(model);
  let isApplied = false;
  return {
    apply: (x) => {
      const applied = () => model.apply(x) as tfl.SymbolicTensor;
      const output = isApplied ? applyInOneModel(model, applied) : applied();
      isApplied = true;
      return output;
    },
  };
}

/** Pools an image by stock layers. Disposes of the matrices. */
function inStockLayers(
  x: tfl.SymbolicTensor,
  layerName: string,
  { rows, columns, skew }: PoolingMatrices,
  channelsFirst: boolean,
): tfl.SymbolicTensor {
  const sides = x.shape.slice(1) as [number, number, number];
  const [height, width, channels] = channelsFirst ? [sides[1], sides[2], sides[0]] : sides;
  const [outHeight, outWidth] = [rows.shape[0], columns.shape[0]];
  /** Contracts rows, then columns of `count` × `width`. Result: [C, count, columns]. */
  const bothStages = (name: string, first: Tensor2D, second: Tensor2D) => {
    const count = first.shape[0];
    const before = channelsFirst ? channels : 1;
    const behind = channelsFirst ? 1 : channels;
    const narrow = contraction(`${layerName}.${name}rows`, first, x, [
      before,
      height,
      width * behind,
    ]); // [C, W, count], or [W, C, count] with channels last
    return contraction(`${layerName}.${name}columns`, second, narrow, [
      before,
      width,
      behind * count,
    ]);
  };
  const main = view(bothStages('', rows, columns), [channels, outHeight, outWidth]);
  const real = channelsFirst ? main : permute(main, [2, 3, 1]);
  if (!skew) return real;
  const rank = skew.analysis.shape[0];
  const synthesis = tidy(() => neg(skew.synthesis) as Tensor2D);
  skew.synthesis.dispose();
  const inner = bothStages('skew.', skew.analysis, skew.columns); // [C, r, w]
  const full = contraction(`${layerName}.skew.synthesis`, synthesis, inner, [
    channels,
    rank,
    outWidth,
  ]);
  const imaginary = permute(
    view(full, [channels, outWidth, outHeight]),
    channelsFirst ? [1, 3, 2] : [3, 2, 1],
  );
  return tfl.layers
    .add({ name: `${layerName}.sum` })
    .apply([real, imaginary]) as tfl.SymbolicTensor;
}

/** Float32 rounding in a product of DFT matrices. */
const ROUNDING = 1e-6;

/** Whether a pooling matrix is the identity, as at stride 1 with the ramp beyond the band. */
function isIdentity(matrix: Tensor2D): boolean {
  const [outputs, inputs] = matrix.shape;
  if (outputs !== inputs) return false;
  return matrix
    .dataSync()
    .every((value, at) => Math.abs(value - (at % (inputs + 1) === 0 ? 1 : 0)) < ROUNDING);
}

/**
 * Multiplies one axis by a constant matrix [outputs, inputs]: `[before, inputs, behind]` →
 * `[before, behind, outputs]`. It is a convolution without bias, with a kernel as long as the axis.
 * Disposes of the matrix.
 */
function contraction(
  name: string,
  matrix: Tensor2D,
  x: tfl.SymbolicTensor,
  [before, inputs, behind]: [number, number, number],
): tfl.SymbolicTensor {
  const outputs = matrix.shape[0];
  // If `before` is 1, the axis becomes the image's height, else a dilated axis of its width.
  const leads = before === 1;
  const kernelSize: [number, number] = leads ? [inputs, 1] : [1, inputs];
  const kernel = tidy(() => reshape(transpose(matrix), [...kernelSize, 1, outputs]));
  const layer = tfl.layers.conv2d({
    name,
    filters: outputs,
    kernelSize,
    dilationRate: leads ? 1 : [1, behind],
    padding: 'valid',
    useBias: false,
    trainable: false,
    weights: [kernel],
  });
  const image = leads ? [inputs, behind, 1] : [before, inputs * behind, 1];
  const y = layer.apply(view(x, image)) as tfl.SymbolicTensor;
  dispose([matrix, kernel]);
  return y;
}

function permute(x: tfl.SymbolicTensor, dims: number[]): tfl.SymbolicTensor {
  return tfl.layers.permute({ dims }).apply(x) as tfl.SymbolicTensor;
}

function view(x: tfl.SymbolicTensor, targetShape: number[]): tfl.SymbolicTensor {
  return tfl.layers.reshape({ targetShape }).apply(x) as tfl.SymbolicTensor;
}
