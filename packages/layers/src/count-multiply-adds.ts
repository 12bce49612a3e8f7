import {
  ConfigError,
  HOST_BACKENDS,
  refuse,
  requireList,
  requireNumbers,
  requireSize,
  requireString,
} from '@ds/checks';
import { isLayer } from '@ds/graph';
import {
  axisTapsKernel,
  batchNormTrainingKernel,
  byLoops,
  diffStrideKernel,
  diffStrideMatricesKernel,
  leftMultiplyKernel,
  poolingAtStrides,
  regionMaxKernel,
  resampleKernel,
  storeHalfKernel,
} from '@ds/kernels';
import {
  engine,
  getBackend,
  type NamedAttrMap,
  type NamedTensorMap,
  ones,
  registerKernel,
  type Tensor,
  type Tensor3D,
  tidy,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

/** The multiply-adds of executed kernels. */
export interface CountedOps {
  /** All multiply-adds, including those with a matrix entry of 0. */
  ran: number;
  /** Those with nonzero matrix entries, except for matrix rows that only copy. */
  needed: number;
}

type Inputs = Record<string, Tensor> | Tensor[];
type Attrs = Record<string, unknown>;

/** Kernels without multiply-adds, or with elementwise ones only, such as ReLU or batch norm. */
const FREE = new Set([
  ...`Abs Acos Acosh Add AddN All Any ArgMax ArgMin Asin Asinh Atan Atan2 Atanh BatchToSpaceND
  Bincount BroadcastTo Cast Ceil ClipByValue Complex ComplexAbs Concat Cos Cosh DenseBincount
  DepthToSpace Elu Equal Erf Exp ExpandDims Expm1 Fill Floor FloorDiv FusedBatchNorm GatherNd
  GatherV2 Greater GreaterEqual Identity Imag IsFinite IsInf IsNan LeakyRelu Less LessEqual LinSpace
  Log Log1p LogicalAnd LogicalNot LogicalOr LogSoftmax Max MaxPool MaxPool3D MaxPoolWithArgmax
  Maximum Min Minimum MirrorPad Mod Multiply Multinomial Neg NotEqual OneHot OnesLike Pack PadV2 Pow
  Prelu Range Real RealDiv Reciprocal Relu Relu6 Reshape ResizeNearestNeighbor Reverse Round Rsqrt
  ScatterNd Select Selu Sigmoid Sign Sin Sinh Slice Softmax Softplus SpaceToBatchND SplitV Sqrt
  Square SquaredDifference Step StridedSlice Sub Tan Tanh Tile TopK Transpose Unique Unpack
  ZerosLike`.split(/\s+/),
  ...[batchNormTrainingKernel, diffStrideMatricesKernel, regionMaxKernel, storeHalfKernel].map(
    ({ name }) => name,
  ),
]);

/** The multiply-adds of one kernel, from its inputs and its output. */
const COUNTS: Record<string, (inputs: Inputs, attrs: Attrs, output: Tensor) => CountedOps> = {
  Conv2D: byFilter,
  FusedConv2D: byFilter,
  Conv3D: byFilter,
  DepthwiseConv2dNative: byWindow,
  FusedDepthwiseConv2D: byWindow,
  Conv2DBackpropInput: byInputOfFilter,
  Conv3DBackpropInputV2: byInputOfFilter,
  Dilation2D: byWindow,
  AvgPool: byFilterSize,
  AvgPool3D: byFilterSize,
  BatchMatMul: byMatrices,
  _FusedMatMul: byMatrices,
  [leftMultiplyKernel.name]: (inputs, attrs, output) => {
    const { a } = leftMultiplyKernel.read(inputs, attrs).inputs;
    return { ran: output.size * a.shape[1], needed: neededBy(a, false, output.size) };
  },
  Einsum: (inputs, attrs) => {
    const sizes = new Map<string, number>();
    const terms = (attrs.equation as string).split('->')[0]!.split(',');
    terms.forEach((term, i) => {
      const { shape } = valuesOf(inputs)[i]!;
      [...term.trim()].forEach((label, axis) => {
        sizes.set(label, shape[axis]!);
      });
    });
    return plain(product([...sizes.values()]));
  },
  ResizeBilinear: byNeighbours,
  CropAndResize: byNeighbours,
  Sum: bySize,
  Mean: bySize,
  Cumsum: bySize,
  FFT: byTransform,
  IFFT: byTransform,
  [axisTapsKernel.name]: (inputs, attrs) => {
    const call = axisTapsKernel.read(inputs, attrs);
    const { x } = call.inputs;
    const { starts, weights } = call.attributes;
    let taps = 0;
    for (let i = 0; i + 1 < starts.length; i++) {
      const count = starts[i + 1]! - starts[i]!;
      if (count !== 1 || weights[starts[i]!] !== 1) taps += count;
    }
    return plain(taps * x.shape[0] * x.shape[2]);
  },
  [resampleKernel.name]: (inputs, attrs) => {
    const call = resampleKernel.read(inputs, attrs);
    const { x, matrices, analysis } = call.inputs;
    const { rows, columns, isDense } = call.attributes;
    const size: [number, number] = [rows[0], columns[0]];
    const rank = isDense ? size[0] : (analysis?.shape[0] ?? 0);
    return separable(x, size, matrices.dataSync() as Float32Array, rank, !isDense);
  },
  [diffStrideKernel.name]: (inputs, attrs) => {
    const { inputs: given, attributes } = diffStrideKernel.read(inputs, attrs);
    const { x, strides, matrices: dense } = given;
    const size: [number, number] = [attributes.rows.outputSize, attributes.columns.outputSize];
    if (dense) return separable(x, size, dense.dataSync() as Float32Array, size[0], false);
    const { matrices, rank } = poolingAtStrides(strides.dataSync(), attributes);
    return separable(x, size, matrices, rank, true);
  },
};

/**
 * Two matrix products, in the cheaper order, and those of the skew. The skew has a rank, and a
 * synthesis if it is factored.
 */
function separable(
  x: Tensor,
  [h, w]: [number, number],
  matrices: Float32Array,
  rank: number,
  isFactored: boolean,
): CountedOps {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const through = (rows: number) =>
    Math.min(rows * width * (height + w), w * height * (width + rows));
  const skew = rank > 0 ? through(rank) + (isFactored ? h * rank * w : 0) : 0;
  const rows = entriesOf(matrices, h, height);
  const columns = entriesOf(matrices.subarray(h * height), w, width);
  const either = Math.min(rows * width + columns * h, columns * height + rows * w);
  return { ran: batch * channels * (through(h) + skew), needed: batch * channels * either };
}

function plain(count: number): CountedOps {
  return { ran: count, needed: count };
}

function byFilter(inputs: Inputs, _: Attrs, output: Tensor): CountedOps {
  const { filter } = inputs as Record<string, Tensor>;
  return plain(output.size * product(filter!.shape.slice(0, -1)));
}

/** A transposed convolution adds each value of dy to as many outputs as the filter has. */
function byInputOfFilter(inputs: Inputs): CountedOps {
  const { dy, filter } = inputs as Record<string, Tensor>;
  return plain(dy!.size * product(filter!.shape.slice(0, -1)));
}

function byWindow(inputs: Inputs, _: Attrs, output: Tensor): CountedOps {
  const { filter } = inputs as Record<string, Tensor>;
  return plain(output.size * filter!.shape[0]! * filter!.shape[1]!);
}

function byFilterSize(inputs: Inputs, attrs: Attrs, output: Tensor): CountedOps {
  const size = attrs.filterSize as number | number[];
  const axes = valuesOf(inputs)[0]!.rank - 2;
  return plain(output.size * (typeof size === 'number' ? size ** axes : product(size)));
}

/** Bilinear interpolation takes three steps per value, with one multiply-add each. */
function byNeighbours(_: Inputs, __: Attrs, output: Tensor): CountedOps {
  return plain(3 * output.size);
}

function bySize(inputs: Inputs): CountedOps {
  return plain(valuesOf(inputs)[0]!.size);
}

/** 2.5·n·log₂ n for each transform of length n. */
function byTransform(inputs: Inputs): CountedOps {
  const { shape, size } = valuesOf(inputs)[0]!;
  return plain(2.5 * size * Math.log2(Math.max(2, shape.at(-1)!)));
}

function byMatrices(inputs: Inputs, attrs: Attrs, output: Tensor): CountedOps {
  const { a, b } = inputs as Record<string, Tensor>;
  const { transposeA = false, transposeB = false } = attrs as Record<string, boolean>;
  const inner = a!.shape.at(transposeA ? -2 : -1)!;
  // Either factor may be the matrix. The other one is the image.
  const needed = Math.min(
    neededBy(a!, transposeA, output.size),
    neededBy(b!, !transposeB, output.size),
  );
  return { ran: output.size * inner, needed };
}

/** The needed multiply-adds for a number of output values, from the matrix entries. */
function neededBy(matrix: Tensor, isTransposed: boolean, values: number): number {
  const [height, width] = matrix.shape.slice(-2) as [number, number];
  const entries = entriesOf(matrix.dataSync(), height, width, isTransposed);
  return (entries * values) / (isTransposed ? width : height);
}

/** Counts the nonzero entries of a matrix [height, width], except for rows that only copy. */
function entriesOf(
  data: ArrayLike<number>,
  height: number,
  width: number,
  isTransposed = false,
): number {
  const [rows, columns] = isTransposed ? [width, height] : [height, width];
  let entries = 0;
  for (let row = 0; row < rows; row++) {
    const line = Array.from({ length: columns }, (_, column) =>
      isTransposed ? data[column * width + row]! : data[row * width + column]!,
    ).filter((value) => value !== 0);
    if (line.length !== 1 || line[0] !== 1) entries += line.length;
  }
  return entries;
}

function valuesOf(inputs: Inputs): Tensor[] {
  return Object.values(inputs);
}

function product(sizes: number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}

/**
 * Counts the multiply-adds of a layer for one image at inference, while its kernels run. The count
 * is half of the difference between batches of four and of two, so work for the whole batch does
 * not count. Elementwise additions count only if the layer has no other multiply-adds and returns
 * fewer values than it gets. Such a layer sums pixels.
 *
 * Shapes have no batch axis. There is one for each input.
 *
 * @param op the function name for errors. Default `'measureMultiplyAdds'`.
 * @throws ConfigError if the multiply-adds of a kernel are unknown, if the layer reads its input on
 *   the host, where they cannot be counted, if `layer` is not a layer, or if a shape does not hold
 *   sizes.
 */
export function measureMultiplyAdds(
  layer: tfl.layers.Layer,
  inputShapes: number[][],
  op = 'measureMultiplyAdds',
): CountedOps {
  requireString('measureMultiplyAdds', 'op', op);
  if (!isLayer(layer)) refuse(op, 'layer', 'be a tf.layers layer', layer);
  requireList(op, 'inputShapes', inputShapes);
  for (const [i, shape] of inputShapes.entries()) {
    requireNumbers(op, `inputShapes[${i}]`, shape, shape?.length, requireSize);
  }
  const of = (batch: number) => {
    let shrinks = false;
    const run = () => {
      const inputs = inputShapes.map((shape) => ones([batch, ...shape]));
      const output = layer.apply(inputs.length === 1 ? inputs[0]! : inputs, { training: false });
      shrinks = sizeOf([output].flat() as Tensor[]) < sizeOf(inputs);
    };
    return { ...counted(op, run, layer.name), shrinks };
  };
  // The first call builds the layer and draws its weights.
  of(1);
  const [two, four] = [of(2), of(4)];
  if (four.read !== two.read) {
    throw new ConfigError(
      `${op}: ${layer.name} must have a method multiplyAdds(outputShape, inputShape), because it ` +
        'reads its input on the host, where multiply-adds cannot be counted',
    );
  }
  const ran = (four.ran - two.ran) / 2;
  if (ran === 0 && four.shrinks) return { ran: (four.added - two.added) / 2, needed: 0 };
  return { ran, needed: (four.needed - two.needed) / 2 };
}

function sizeOf(tensors: Tensor[]): number {
  return tensors.reduce((total, { size }) => total + size, 0);
}

/**
 * Counts the multiply-adds of a function's kernels, the elementwise additions, and the values that
 * the function reads on the host.
 */
function counted(
  op: string,
  run: () => void,
  name: string,
): CountedOps & { added: number; read: number } {
  const found = { ran: 0, needed: 0, added: 0, read: 0 };
  const tape = engine();
  const before = Object.getOwnPropertyDescriptors(tape);
  const { runKernel, readSync } = tape;
  const unshow = showLoops();
  let depth = 0;
  tape.runKernel = ((kernel: string, inputs: NamedTensorMap, attrs?: NamedAttrMap) => {
    const isOutermost = depth === 0;
    depth += 1;
    try {
      const outputs = runKernel.call(tape, kernel, inputs, attrs);
      if (!isOutermost) return outputs;
      if (/^(Add|AddN|Sub)$/.test(kernel)) {
        found.added += (valuesOf(inputs as Inputs).length - 1) * (outputs as Tensor).size;
      }
      if (FREE.has(kernel)) return outputs;
      const count = COUNTS[kernel];
      if (!count) {
        throw new ConfigError(
          `${op}: ${name} must have a method multiplyAdds(outputShape, inputShape), because the ` +
            `multiply-adds of its kernel ${kernel} are unknown`,
        );
      }
      const [output] = [outputs].flat() as Tensor[];
      const { ran, needed } = count(inputs as Inputs, (attrs ?? {}) as Attrs, output!);
      found.ran += ran;
      found.needed += needed;
      return outputs;
    } finally {
      depth -= 1;
    }
  }) as typeof runKernel;
  tape.readSync = ((dataId: object) => {
    const values = readSync.call(tape, dataId);
    if (depth === 0) found.read += values.length;
    return values;
  }) as typeof readSync;
  try {
    tidy(run);
  } finally {
    for (const method of ['runKernel', 'readSync'] as const) {
      if (before[method]) Object.defineProperty(tape, method, before[method]);
      else delete (tape as Partial<typeof tape>)[method];
    }
    unshow();
  }
  return found;
}

/**
 * Registers the loops of `poolByTaps` as a kernel, so that they are counted. Returns a function
 * that unregisters it.
 */
function showLoops(): () => void {
  const backendName = getBackend();
  if (!HOST_BACKENDS.includes(backendName) || axisTapsKernel.isHere()) return () => {};
  const { kernelName, make } = axisTapsKernel.on((_, { x }, table) =>
    byLoops(x as Tensor3D, table),
  );
  registerKernel({ kernelName, backendName, kernelFunc: make() });
  return () => unregisterKernel(kernelName, backendName);
}
