import { isConstant } from '../graph/graph-builder.js';
import type {
  Arithmetic,
  Constant,
  Convolution,
  Elementwise,
  Operation,
  Reduction,
  Step,
  Value,
} from '../graph/neutral-graph.js';
import type { GraphDef } from './graph-def.js';
import { type AttrValue, integerList, text } from './node-def.js';

/** An operation of one kind. */
type Of<Kind extends Operation['kind']> = Extract<Operation, { kind: Kind }>;

/** Writes the nodes of an operation. Returns the name of the node with the result. */
type Writer<Kind extends Operation['kind']> = (
  graph: GraphDef,
  operation: Of<Kind>,
  output: Value,
) => string;

/** Writes one operation. */
export function writeStep(graph: GraphDef, { operation, output }: Step): void {
  const write = WRITERS[operation.kind] as Writer<Operation['kind']>;
  graph.store(output, write(graph, operation as never, output));
}

const ELEMENTWISE: Record<Elementwise, string> = {
  abs: 'Abs',
  elu: 'Elu',
  erf: 'Erf',
  exp: 'Exp',
  log: 'Log',
  relu: 'Relu',
  relu6: 'Relu6',
  selu: 'Selu',
  sigmoid: 'Sigmoid',
  softplus: 'Softplus',
  sqrt: 'Sqrt',
  tanh: 'Tanh',
};

const ARITHMETIC: Record<Arithmetic, string> = {
  add: 'AddV2',
  divide: 'RealDiv',
  maximum: 'Maximum',
  minimum: 'Minimum',
  multiply: 'Mul',
  power: 'Pow',
  subtract: 'Sub',
};

const REDUCTIONS: Record<Reduction, string> = { max: 'Max', mean: 'Mean', sum: 'Sum' };

const NHWC = text('NHWC');

const WRITERS: { [Kind in Operation['kind']]: Writer<Kind> } = {
  conv2d: (graph, operation, output) => convolution(graph, 'Conv2D', operation, output),

  depthwiseConv2d: (graph, operation, output) =>
    convolution(graph, 'DepthwiseConv2dNative', operation, output),

  dense: (graph, { x, kernel, bias }, output) => {
    const [inputs, outputs] = kernel.shape as [number, number];
    const isFlat = x.shape.length === 2;
    const rows = isFlat ? graph.nameOf(x) : reshaped(graph, graph.nameOf(x), [-1, inputs], output);
    const attr = { transpose_a: { b: false }, transpose_b: { b: false } };
    const product = graph.node('MatMul', [rows, graph.constant(kernel)], attr, output.name);
    const sum = biased(graph, product, bias, output);
    return isFlat ? sum : reshaped(graph, sum, [-1, ...x.shape.slice(1, -1), outputs], output);
  },

  // NHWC images have all columns and channels of a row together. So no axis moves in memory.
  resample: (graph, { x, rows, columns }, output) => {
    const [, height, width, channels] = x.shape as [number, number, number, number];
    const attr = { adj_x: { b: false }, adj_y: { b: false } };
    const multiply = (matrix: Constant, image: string, sides: number[]) => {
      const left = graph.constant(matrix, [1, ...matrix.shape]);
      const lines = reshaped(graph, image, [-1, ...sides], output);
      return graph.node('BatchMatMulV2', [left, lines], attr, output.name);
    };
    let name = graph.nameOf(x);
    if (rows) name = multiply(rows, name, [height, width * channels]);
    if (columns) name = multiply(columns, name, [width, channels]);
    return reshaped(graph, name, output.shape, output);
  },

  batchNorm: (graph, { x, gamma, beta, mean, variance, epsilon }, output) => {
    if (x.shape.length === 4) {
      const parameters = [gamma, beta, mean, variance].map((one) => graph.constant(one));
      const attr = { epsilon: { f: epsilon }, is_training: { b: false }, data_format: NHWC };
      const inputs = [graph.nameOf(x), ...parameters];
      return graph.node('FusedBatchNormV3', inputs, attr, output.name);
    }
    // The fused node takes images only.
    const scale = gamma.values.map(
      (value, at) => value / Math.sqrt(variance.values[at]! + epsilon),
    );
    const offset = beta.values.map((value, at) => value - mean.values[at]! * scale[at]!);
    const constant = (name: string, values: Float32Array) =>
      graph.floats(`${output.name}/${name}`, [values.length], [...values]);
    const scaled = graph.node('Mul', [graph.nameOf(x), constant('scale', scale)], {}, output.name);
    return graph.node('AddV2', [scaled, constant('offset', offset)], {}, output.name);
  },

  pool: (graph, { reduce, x, size, strides, padding }, output) => {
    const attr = {
      ksize: integerList([1, ...size, 1]),
      strides: integerList([1, ...strides, 1]),
      padding: text(padding.toUpperCase()),
      data_format: NHWC,
    };
    const op = reduce === 'max' ? 'MaxPool' : 'AvgPool';
    return graph.node(op, [graph.nameOf(x)], attr, output.name);
  },

  reduce: (graph, { reduce, x, axes, keepDims }, output) => {
    const list = graph.integers(`${output.name}/axes`, [axes.length], axes);
    const attr = { keep_dims: { b: keepDims }, Tidx: { type: 'DT_INT32' as const } };
    return graph.node(REDUCTIONS[reduce], [graph.nameOf(x), list], attr, output.name);
  },

  elementwise: (graph, { apply, x }, output) =>
    graph.node(ELEMENTWISE[apply], [graph.nameOf(x)], {}, output.name),

  leakyRelu: (graph, { x, alpha }, output) =>
    graph.node('LeakyRelu', [graph.nameOf(x)], { alpha: { f: alpha } }, output.name),

  softmax: (graph, { x }, output) => graph.node('Softmax', [graph.nameOf(x)], {}, output.name),

  arithmetic: (graph, { apply, a, b }, output) => {
    const other = isConstant(b) ? graph.constant(b) : graph.nameOf(b);
    return graph.node(ARITHMETIC[apply], [graph.nameOf(a), other], {}, output.name);
  },

  concat: (graph, { xs, axis }, output) => {
    const inputs = xs.map((x) => graph.nameOf(x));
    const place = graph.integers(`${output.name}/axis`, [], [axis]);
    return graph.node('ConcatV2', [...inputs, place], { N: { i: `${xs.length}` } }, output.name);
  },

  pad: (graph, { x, pads }, output) => {
    const counts = graph.integers(`${output.name}/pads`, [pads.length, 2], pads.flat());
    return graph.node('Pad', [graph.nameOf(x), counts], {}, output.name);
  },

  slice: (graph, { x, axes }, output) => {
    const rank = x.shape.length;
    const list = (name: string, whole: number, of: (axis: (typeof axes)[number]) => number) => {
      const values = new Array<number>(rank).fill(whole);
      for (const one of axes) values[one.axis] = of(one);
      return graph.integers(`${output.name}/${name}`, [rank], values);
    };
    const inputs = [
      graph.nameOf(x),
      list('begin', 0, ({ start }) => start),
      list('end', 0, ({ end }) => end),
      list('strides', 1, ({ step }) => step),
    ];
    // A bit for each axis that is kept whole.
    const whole = x.shape.reduce(
      (mask, _, at) => (axes.some(({ axis }) => axis === at) ? mask : mask | (1 << at)),
      0,
    );
    const attr: Record<string, AttrValue> = {
      begin_mask: { i: `${whole}` },
      end_mask: { i: `${whole}` },
      Index: { type: 'DT_INT32' },
    };
    return graph.node('StridedSlice', inputs, attr, output.name);
  },

  gather: (graph, { x, axis, indices }, output) => {
    const list = graph.integers(`${output.name}/indices`, [indices.length], indices);
    const place = graph.integers(`${output.name}/axis`, [], [axis]);
    const inputs = [graph.nameOf(x), list, place];
    return graph.node('GatherV2', inputs, { batch_dims: { i: '0' } }, output.name);
  },

  reshape: (graph, { x }, output) => reshaped(graph, graph.nameOf(x), output.shape, output),

  transpose: (graph, { x, order }, output) => transposed(graph, graph.nameOf(x), order, output),

  resize: (graph, { x, method }, output) => {
    const size = graph.integers(`${output.name}/size`, [2], output.shape.slice(1, 3));
    const op = method === 'nearest' ? 'ResizeNearestNeighbor' : 'ResizeBilinear';
    const attr = { align_corners: { b: false }, half_pixel_centers: { b: false } };
    return graph.node(op, [graph.nameOf(x), size], attr, output.name);
  },

  oneHotOfLargest: (graph, { x }, output) => {
    const axis = graph.integers(`${output.name}/axis`, [], [1]);
    const largest = graph.node('ArgMax', [graph.nameOf(x), axis], {}, `${output.name}/index`);
    const depth = graph.integers(`${output.name}/depth`, [], [x.shape[1]!]);
    const values = [1, 0].map((value) => graph.floats(`${output.name}/${value}`, [], [value]));
    return graph.node('OneHot', [largest, depth, ...values], { axis: { i: '-1' } }, output.name);
  },
};

function convolution(
  graph: GraphDef,
  op: string,
  { x, kernel, bias, strides, dilations, padding }: Convolution,
  output: Value,
): string {
  const attr = {
    strides: integerList([1, ...strides, 1]),
    dilations: integerList([1, ...dilations, 1]),
    padding: text(padding.toUpperCase()),
    data_format: NHWC,
  };
  const inputs = [graph.nameOf(x), graph.constant(kernel)];
  return biased(graph, graph.node(op, inputs, attr, output.name), bias, output);
}

/** Adds a bias over the last axis, or returns the name without one. */
function biased(graph: GraphDef, name: string, bias: Constant | null, output: Value): string {
  if (!bias) return name;
  return graph.node('BiasAdd', [name, graph.constant(bias)], { data_format: NHWC }, output.name);
}

function reshaped(graph: GraphDef, name: string, shape: number[], output: Value): string {
  const sizes = graph.integers(`${output.name}/shape`, [shape.length], shape);
  return graph.node('Reshape', [name, sizes], {}, output.name);
}

function transposed(graph: GraphDef, name: string, order: number[], output: Value): string {
  const perm = graph.integers(`${output.name}/perm`, [order.length], order);
  return graph.node('Transpose', [name, perm], {}, output.name);
}
