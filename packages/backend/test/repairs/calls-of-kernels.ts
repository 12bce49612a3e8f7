import * as tf from '@tensorflow/tfjs';

export type Dtype = 'float32' | 'int32' | 'bool';

/**
 * Makes a tensor of the dtype under test. It repeats the values until the shape is full. As a bool,
 * a value is true if it is positive.
 */
type Make = (shape: number[], values?: number[]) => tf.Tensor;

/** Calls of one kernel, through the ops that run it. */
type Calls = (make: Make) => tf.Tensor | tf.Tensor[];

const VALUES = [2, 0, 1, 3, -1, 5, 0, -4, 7, 1, -2];

export const makerOf =
  (dtype: Dtype): Make =>
  (shape, values = VALUES) => {
    const size = tf.util.sizeFromShape(shape);
    const list = Array.from({ length: size }, (_, i) => values[i % values.length]!);
    return tf.tensor(dtype === 'bool' ? list.map((x) => Number(x > 0)) : list, shape, dtype);
  };

/** Integers that float32 does not have. */
const LARGE = [2 ** 24 + 1, 2 ** 30 - 1, -(2 ** 24) - 3, 7, -5, 3];
const SHAPE = [3, 5];
const IMAGE = [1, 4, 4, 2];
const VOLUME = [1, 2, 4, 4, 2];

const unary =
  (op: (x: tf.Tensor) => tf.Tensor): Calls =>
  (make) => [op(make(SHAPE)), op(make([64]))];

/** An op that is exact for all integers. */
const exact =
  (op: (x: tf.Tensor) => tf.Tensor): Calls =>
  (make) => [op(make(SHAPE)), op(make([64])), op(make([6], LARGE))];

const binary =
  (op: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Calls =>
  (make) => [
    op(make(SHAPE), make(SHAPE, [3, 1, 0, -2, 0, 5, 1])),
    op(make(SHAPE), make([5], [3, 1, 0, -2, 1])),
    op(make([3, 1]), make([5], [0, 1, 1, -2, 1])),
  ];

const exactOfTwo =
  (op: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Calls =>
  (make) =>
    [binary(op)(make), op(make([6], LARGE), make([6], [1, -1, 3, 5, -2, 7]))].flat();

const reduction =
  (op: (x: tf.Tensor, axis: number[]) => tf.Tensor): Calls =>
  (make) => [op(make(SHAPE), [0]), op(make(SHAPE), [1]), op(make([3, 2, 4]), [0, 2])];

const along =
  (op: (x: tf.Tensor, axis: number) => tf.Tensor): Calls =>
  (make) => [op(make(SHAPE), 0), op(make(SHAPE), 1), op(make([2, 40]), 1)];

const image =
  (op: (x: tf.Tensor4D) => tf.Tensor): Calls =>
  (make) =>
    op(make(IMAGE) as tf.Tensor4D);

const whole = (...values: number[]) => tf.tensor1d(values, 'int32');
const places = (...rows: number[][]) => tf.tensor2d(rows, [rows.length, rows[0]!.length], 'int32');
const dtypeOf = (make: Make) => make([1]).dtype as 'int32';

/** Calls of the kernels of values, by kernel name. */
export const CALLS: Record<string, Calls> = {
  Abs: exact(tf.abs),
  Acos: unary(tf.acos),
  Acosh: unary(tf.acosh),
  Asin: unary(tf.asin),
  Asinh: unary(tf.asinh),
  Atan: unary(tf.atan),
  Atanh: unary(tf.atanh),
  Cast: (make) => [
    tf.cast(make(SHAPE), 'float32'),
    tf.cast(make([6], LARGE), 'int32'),
    tf.cast(make([6], LARGE), 'bool'),
  ],
  Ceil: unary(tf.ceil),
  ClipByValue: exact((x) => tf.clipByValue(x, -5, 2 ** 24 + 4)),
  Cos: unary(tf.cos),
  Cosh: unary(tf.cosh),
  Elu: unary(tf.elu),
  Erf: unary(tf.erf),
  Exp: unary(tf.exp),
  Expm1: unary(tf.expm1),
  Floor: unary(tf.floor),
  Identity: exact(tf.clone),
  IsFinite: unary(tf.isFinite),
  IsInf: unary(tf.isInf),
  IsNan: unary(tf.isNaN),
  LeakyRelu: unary((x) => tf.leakyRelu(x, 0.5)),
  Log: unary(tf.log),
  Log1p: unary(tf.log1p),
  LogicalNot: unary(tf.logicalNot),
  Neg: exact(tf.neg),
  OnesLike: unary(tf.onesLike),
  Reciprocal: unary(tf.reciprocal),
  Relu: exact(tf.relu),
  Relu6: exact(tf.relu6),
  Round: exact(tf.round),
  Rsqrt: unary(tf.rsqrt),
  Selu: unary(tf.selu),
  Sigmoid: unary(tf.sigmoid),
  Sign: exact(tf.sign),
  Sin: unary(tf.sin),
  Sinh: unary(tf.sinh),
  Softplus: unary(tf.softplus),
  Sqrt: unary(tf.sqrt),
  Square: unary(tf.square),
  Step: (make) => [tf.step(make(SHAPE)), tf.step(make(SHAPE), 3)],
  Tan: unary(tf.tan),
  Tanh: unary(tf.tanh),
  ZerosLike: unary(tf.zerosLike),

  Add: exactOfTwo(tf.add),
  AddN: (make) => tf.addN([make(SHAPE), make(SHAPE, [1, 0]), make(SHAPE)]),
  Atan2: binary(tf.atan2),
  BitwiseAnd: (make) => tf.bitwiseAnd(make(SHAPE), make(SHAPE, LARGE)),
  Equal: exactOfTwo(tf.equal),
  FloorDiv: exactOfTwo(tf.floorDiv),
  Greater: exactOfTwo(tf.greater),
  GreaterEqual: exactOfTwo(tf.greaterEqual),
  Less: exactOfTwo(tf.less),
  LessEqual: exactOfTwo(tf.lessEqual),
  LogicalAnd: binary(tf.logicalAnd),
  LogicalOr: binary(tf.logicalOr),
  LogicalXor: binary(tf.logicalXor),
  Maximum: exactOfTwo(tf.maximum),
  Minimum: exactOfTwo(tf.minimum),
  Mod: exactOfTwo(tf.mod),
  Multiply: binary(tf.mul),
  NotEqual: exactOfTwo(tf.notEqual),
  Pow: binary(tf.pow),
  Prelu: (make) => [
    ...[binary(tf.prelu)(make)].flat(),
    tf.prelu(make([2, 1]), tf.tensor1d([0.5, 1, 2])),
  ],
  RealDiv: exactOfTwo(tf.div),
  SquaredDifference: binary(tf.squaredDifference),
  Sub: exactOfTwo(tf.sub),

  All: reduction((x, axis) => tf.all(x, axis)),
  Any: reduction((x, axis) => tf.any(x, axis)),
  ArgMax: along((x, axis) => tf.argMax(x, axis)),
  ArgMin: along((x, axis) => tf.argMin(x, axis)),
  Bincount: (make) => [
    tf.bincount(whole(1, 0, 2), make([3]) as tf.Tensor1D, 3),
    tf.bincount(whole(1, 0, 2), make([3], [1, -1, 5]) as tf.Tensor1D, 40),
  ],
  Cumprod: along((x, axis) => tf.cumprod(x, axis, true, true)),
  Cumsum: along((x, axis) => tf.cumsum(x, axis)),
  DenseBincount: (make) => [
    tf.denseBincount(whole(1, 0, 2), make([3]) as tf.Tensor1D, 3),
    tf.denseBincount(places([1, 0], [2, 2]), make([2, 2], [1, -1, 5, -1]) as tf.Tensor2D, 40),
  ],
  Max: reduction((x, axis) => tf.max(x, axis)),
  Mean: reduction((x, axis) => tf.mean(x, axis)),
  Min: reduction((x, axis) => tf.min(x, axis)),
  Prod: reduction((x, axis) => tf.prod(x, axis)),
  Softmax: unary((x) => tf.softmax(x)),
  Sum: reduction((x, axis) => tf.sum(x, axis)),
  TopK: (make) => Object.values(tf.topk(make(SHAPE), 3)) as tf.Tensor[],
  Unique: (make) => Object.values(tf.unique(make([11]))) as tf.Tensor[],
  SparseSegmentMean: (make) =>
    tf.sparse.sparseSegmentMean(make(SHAPE), whole(0, 2, 1), whole(0, 0, 1)),
  SparseSegmentSum: (make) =>
    tf.sparse.sparseSegmentSum(make(SHAPE), whole(0, 2, 1), whole(0, 0, 1)),
  UnsortedSegmentSum: (make) => tf.unsortedSegmentSum(make(SHAPE), whole(1, 0, 1), 2),

  BatchToSpaceND: (make) =>
    tf.batchToSpaceND(
      make([4, 2, 2, 1]),
      [2, 2],
      [
        [0, 0],
        [0, 1],
      ],
    ),
  BroadcastArgs: (make) => tf.broadcastArgs(make([2], [1, 5]), make([2], [3, 1])),
  Concat: (make) => [
    tf.concat([make(SHAPE), make(SHAPE, [1, 0])], 0),
    tf.concat([make(SHAPE), make([3, 2])], 1),
    tf.concat([make([6], LARGE), make([3])]),
  ],
  CropAndResize: image((x) =>
    tf.image.cropAndResize(x, tf.tensor2d([[0, 0, 1, 0.5]]), whole(0), [3, 3]),
  ),
  DepthToSpace: (make) => tf.depthToSpace(make([1, 2, 2, 4]) as tf.Tensor4D, 2),
  Diag: (make) => tf.diag(make([3])),
  ExpandDims: exact((x) => tf.expandDims(x, 1)),
  Fill: (make) => tf.fill(SHAPE, 1, dtypeOf(make)),
  FlipLeftRight: image(tf.image.flipLeftRight),
  GatherNd: (make) => tf.gatherND(make(SHAPE), places([0, 1], [2, 4])),
  GatherV2: (make) => [
    tf.gather(make([6], LARGE), whole(2, 0, 2)),
    tf.gather(make(SHAPE), whole(4, 1), 1),
    tf.gather(make([2, 3, 2]), places([1, 0], [2, 1]), 1, 1),
  ],
  MirrorPad: (make) =>
    tf.mirrorPad(
      make(SHAPE),
      [
        [1, 1],
        [2, 0],
      ],
      'reflect',
    ),
  OneHot: (make) => [
    tf.oneHot(whole(1, 0, 5), 3, 1, 0, dtypeOf(make)),
    tf.oneHot(whole(1, 0, 5), 3, 7, -4, dtypeOf(make)),
  ],
  Pack: (make) => tf.stack([make(SHAPE), make(SHAPE, LARGE)], 1),
  PadV2: (make) => [
    tf.pad(
      make(SHAPE),
      [
        [1, 1],
        [0, 2],
      ],
      1,
    ),
    tf.pad(make([6], LARGE), [[1, 2]]),
  ],
  Reshape: exact((x) => tf.reshape(x, [-1, 3])),
  ResizeBilinear: image((x) => tf.image.resizeBilinear(x, [3, 6])),
  ResizeNearestNeighbor: (make) => [
    tf.image.resizeNearestNeighbor(make([2, 4, 4, 2]) as tf.Tensor4D, [3, 6]),
    tf.image.resizeNearestNeighbor(make([1, 2, 3, 1], LARGE) as tf.Tensor4D, [5, 4], true),
  ],
  Reverse: (make) => [
    tf.reverse(make(SHAPE), 0),
    tf.reverse(make([2, 3, 2]), [0, 2]),
    tf.reverse(make([6], LARGE)),
  ],
  RotateWithOffset: image((x) => tf.image.rotateWithOffset(x, 0.5, 1)),
  ScatterNd: (make) => tf.scatterND(places([1], [3], [1]), make([3, 2]), [6, 2]),
  SearchSorted: (make) => [
    tf.lowerBound(make([5], [-4, 0, 1, 3, 7]), make([3])),
    tf.upperBound(make([3], [2 ** 24, 2 ** 24 + 1, 2 ** 24 + 2]), make([2], LARGE)),
  ],
  Select: (make) => [
    tf.where(tf.tensor1d([1, 0, 1, 0, 0, 1], 'bool'), make([6], LARGE), make([6])),
    tf.where(tf.tensor2d([1, 0, 1], [3, 1], 'bool'), make(SHAPE), make(SHAPE, [1, 0])),
  ],
  Slice: (make) => [tf.slice(make(SHAPE), [1, 1], [2, 3]), tf.slice(make([6], LARGE), 2, 3)],
  SpaceToBatchND: (make) =>
    tf.spaceToBatchND(
      make([1, 3, 4, 1]),
      [2, 2],
      [
        [1, 0],
        [0, 0],
      ],
    ),
  SparseFillEmptyRows: (make) =>
    Object.values(
      tf.sparse.sparseFillEmptyRows(
        places([0, 1], [2, 0]),
        make([2]) as tf.Tensor1D,
        whole(3, 2),
        make([]) as tf.Scalar,
      ),
    ) as tf.Tensor[],
  SparseReshape: (make) =>
    Object.values(
      tf.sparse.sparseReshape(
        make([2, 2], [0, 1, 1, 0]) as tf.Tensor2D,
        make([2], [2, 2]) as tf.Tensor1D,
        make([1], [4]) as tf.Tensor1D,
      ),
    ) as tf.Tensor[],
  SparseToDense: (make) => tf.sparseToDense(whole(1, 3, 4), make([3]), [6], make([]) as tf.Scalar),
  SplitV: (make) => tf.split(make(SHAPE), [1, 4], 1),
  StridedSlice: (make) => [
    tf.stridedSlice(make([6], LARGE), [1], [6], [2]),
    tf.stridedSlice(make(SHAPE), [2, 4], [0, 0], [-1, -2]),
    tf.stridedSlice(make(SHAPE), [0, 1], [3, 5], [1, 1]),
    tf.stridedSlice(make(SHAPE), [0, 4], [3, 1], [2, 2]),
  ],
  TensorScatterUpdate: (make) =>
    tf.tensorScatterUpdate(make([6]), places([1], [3]), make([2], [1, 0])),
  Tile: (make) => tf.tile(make(SHAPE), [2, 2]),
  Transform: image((x) => tf.image.transform(x, tf.tensor2d([[1, 0, 1, 0, 1, 0, 0, 0]]))),
  Transpose: (make) => [
    tf.transpose(make([2, 3], LARGE)),
    tf.transpose(make([2, 3, 4]), [2, 0, 1]),
  ],
  Unpack: (make) => tf.unstack(make(SHAPE), 1),

  AvgPool: image((x) => tf.avgPool(x, 2, 2, 'same')),
  AvgPool3D: (make) => tf.avgPool3d(make(VOLUME) as tf.Tensor5D, 2, 2, 'same'),
  BatchMatMul: (make) => tf.matMul(make(SHAPE), make(SHAPE), false, true),
  Conv2D: (make) => tf.conv2d(make(IMAGE) as tf.Tensor4D, make([2, 2, 2, 3]) as tf.Tensor4D, 1, 0),
  Conv3D: (make) =>
    tf.conv3d(make(VOLUME) as tf.Tensor5D, make([2, 2, 2, 2, 3]) as tf.Tensor5D, 1, 'same'),
  DepthwiseConv2dNative: (make) =>
    tf.depthwiseConv2d(make(IMAGE) as tf.Tensor4D, make([2, 2, 2, 1]) as tf.Tensor4D, 1, 0),
  Dilation2D: (make) =>
    tf.dilation2d(make(IMAGE) as tf.Tensor4D, make([2, 2, 2]) as tf.Tensor3D, 1, 'same'),
  FusedBatchNorm: (make) =>
    tf.batchNorm(make(SHAPE), make([5]), make([5], [1, 4]), make([5]), make([5]), 0.5),
  FusedConv2D: (make) =>
    tf.fused.conv2d({
      x: make(IMAGE) as tf.Tensor4D,
      filter: make([2, 2, 2, 3]) as tf.Tensor4D,
      strides: 1,
      pad: 'same',
      activation: 'relu',
    }),
  FusedDepthwiseConv2D: (make) =>
    tf.fused.depthwiseConv2d({
      x: make(IMAGE) as tf.Tensor4D,
      filter: make([2, 2, 2, 1]) as tf.Tensor4D,
      strides: 1,
      pad: 'same',
      activation: 'relu',
    }),
  LRN: image((x) => tf.localResponseNormalization(x)),
  MaxPool: image((x) => tf.maxPool(x, 2, 2, 'same')),
  MaxPool3D: (make) => tf.maxPool3d(make(VOLUME) as tf.Tensor5D, 2, 2, 'same'),
  // Backends choose different positions of equal values.
  MaxPoolWithArgmax: image((x) => tf.maxPoolWithArgmax(x, 2, 2, 'same').result!),
  Multinomial: (make) => tf.multinomial(make([2], [-60, 60]) as tf.Tensor1D, 5, 3),
  NonMaxSuppressionV3: (make) =>
    tf.image.nonMaxSuppression(
      make([2, 4], [0, 0, 1, 1, 0, 0, 2, 2]) as tf.Tensor2D,
      make([2], [1, 2]) as tf.Tensor1D,
      2,
    ),
  _FusedMatMul: (make) =>
    tf.fused.matMul({ a: make(SHAPE), b: make(SHAPE), transposeB: true, activation: 'relu' }),
};

/** Calls of ops that run several kernels. */
export const COMPOSED_CALLS: Record<string, Calls> = {
  broadcastTo: (make) => tf.broadcastTo(make([3, 1]), SHAPE),
  divNoNan: binary(tf.divNoNan),
  logSigmoid: unary(tf.logSigmoid),
  logSoftmax: unary((x) => tf.logSoftmax(x)),
  logSumExp: reduction((x, axis) => tf.logSumExp(x, axis)),
  moments: (make) => Object.values(tf.moments(make(SHAPE), 0)),
  norm: reduction((x, axis) => tf.norm(x, 1, axis)),
};

/** Kernels without a call, by the reason. */
export const WITHOUT_CALL: Record<string, string[]> = {
  'has no tensor as input': ['LinSpace', 'Range'],
  'has strings as input': ['StringNGrams', 'StringSplit', 'StringToHashBucketFast'],
  'its op refuses all but floats, as that of NonMaxSuppressionV3': [
    'NonMaxSuppressionV4',
    'NonMaxSuppressionV5',
  ],
  'a gradient, which exists for floats only': [
    'AvgPool3DGrad',
    'AvgPoolGrad',
    'Conv2DBackpropFilter',
    'Conv2DBackpropInput',
    'Conv3DBackpropFilterV2',
    'Conv3DBackpropInputV2',
    'DepthwiseConv2dNativeBackpropFilter',
    'DepthwiseConv2dNativeBackpropInput',
    'Dilation2DBackpropFilter',
    'Dilation2DBackpropInput',
    'EluGrad',
    'LRNGrad',
    'MaxPool3DGrad',
    'MaxPoolGrad',
    'ResizeBilinearGrad',
    'ResizeNearestNeighborGrad',
  ],
};
