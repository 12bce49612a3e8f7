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
import { dilated, windowPads } from '../graph/window-size.js';
import { type AxisOrder, channelsFirst, isSameOrder, ordered, ownOrder } from './axis-order.js';
import type { OnnxGraph, Stored } from './onnx-graph.js';

/** An operation of one kind. */
type Of<Kind extends Operation['kind']> = Extract<Operation, { kind: Kind }>;

/** Writes the nodes of an operation. Returns its result, or all tensors that hold the result. */
type Writer<Kind extends Operation['kind']> = (
  graph: OnnxGraph,
  operation: Of<Kind>,
  output: Value,
) => Stored | Stored[];

/** Writes one operation. The axes of a result have the order in which its nodes compute. */
export function writeStep(graph: OnnxGraph, { operation, output }: Step): void {
  const write = WRITERS[operation.kind] as Writer<Operation['kind']>;
  for (const { name, order } of [write(graph, operation as never, output)].flat()) {
    graph.store(output, name, order);
  }
}

const ELEMENTWISE: Record<Elementwise, string> = {
  abs: 'Abs',
  elu: 'Elu',
  erf: 'Erf',
  exp: 'Exp',
  log: 'Log',
  relu: 'Relu',
  relu6: 'Clip',
  selu: 'Selu',
  sigmoid: 'Sigmoid',
  softplus: 'Softplus',
  sqrt: 'Sqrt',
  tanh: 'Tanh',
};

const ARITHMETIC: Record<Arithmetic, string> = {
  add: 'Add',
  divide: 'Div',
  maximum: 'Max',
  minimum: 'Min',
  multiply: 'Mul',
  power: 'Pow',
  subtract: 'Sub',
};

const REDUCTIONS: Record<Reduction, string> = {
  max: 'ReduceMax',
  mean: 'ReduceMean',
  sum: 'ReduceSum',
};

const NCHW = channelsFirst(4);

const WRITERS: { [Kind in Operation['kind']]: Writer<Kind> } = {
  conv2d: (graph, operation, output) =>
    pointwise(graph, operation, output) ?? {
      name: convolution(graph, operation, output, [3, 2, 0, 1], 1),
      order: NCHW,
    },

  depthwiseConv2d: (graph, operation, output) => {
    const channels = operation.kernel.shape[2]!;
    // Each channel is a group with kernels of one input: [C·m, 1, kh, kw].
    const asGroups = ([inputs, each, ...window]: number[]) => [inputs! * each!, 1, ...window];
    const name = convolution(graph, operation, output, [2, 3, 0, 1], channels, asGroups);
    return { name, order: NCHW };
  },

  dense: (graph, { x, kernel, bias }, output) => {
    const order = ownOrder(x.shape.length);
    const inputs = [graph.ownOrder(x), graph.constant(kernel)];
    if (order.length === 2 && bias) {
      const name = graph.node('Gemm', [...inputs, graph.constant(bias)], {}, output.name);
      return { name, order };
    }
    const product = graph.node('MatMul', inputs, {}, output.name);
    return { name: biased(graph, product, bias, order, output), order };
  },

  resample: (graph, { x, rows, columns }, output) => {
    let name = graph.channelsFirst(x);
    if (rows) name = graph.node('MatMul', [graph.constant(rows), name], {}, output.name);
    if (columns) {
      const turned = graph.constantInOrder(columns, [1, 0]);
      name = graph.node('MatMul', [name, turned], {}, output.name);
    }
    return { name, order: NCHW };
  },

  batchNorm: (graph, { x, gamma, beta, mean, variance, epsilon }, output) => {
    const parameters = [gamma, beta, mean, variance].map((one) => graph.constant(one));
    const inputs = [graph.channelsFirst(x), ...parameters];
    const attributes = { epsilon: { float: epsilon } };
    const name = graph.node('BatchNormalization', inputs, attributes, output.name);
    return { name, order: channelsFirst(x.shape.length) };
  },

  pool: (graph, { reduce, x, size, strides, padding }, output) => {
    const [rows, columns] = [0, 1].map((axis) =>
      windowPads(x.shape[axis + 1]!, size[axis]!, strides[axis]!, padding),
    ) as [[number, number], [number, number]];
    const attributes = {
      kernel_shape: size,
      strides,
      pads: [rows[0], columns[0], rows[1], columns[1]],
    };
    const opType = reduce === 'max' ? 'MaxPool' : 'AveragePool';
    const image = graph.channelsFirst(x);
    keepPad(graph, image);
    const name = graph.node(opType, [image], attributes, output.name);
    return { name, order: NCHW };
  },

  reduce: (graph, { reduce, x, axes, keepDims }, output) => {
    const stored = graph.anyOf(x);
    const places = axes.map((axis) => stored.order.indexOf(axis)).sort((a, b) => a - b);
    const keepdims = keepDims ? 1 : 0;
    // Opset 17 has the axes of a sum as an input, and those of the others as an attribute.
    const name =
      reduce === 'sum'
        ? graph.node(
            'ReduceSum',
            [stored.name, graph.integers(`${output.name}/axes`, places)],
            { keepdims },
            output.name,
          )
        : graph.node(REDUCTIONS[reduce], [stored.name], { axes: places, keepdims }, output.name);
    if (keepDims) return { name, order: stored.order };
    const left = stored.order.filter((axis) => !axes.includes(axis));
    const before = (axis: number) => axes.filter((reduced) => reduced < axis).length;
    return { name, order: left.map((axis) => axis - before(axis)) };
  },

  elementwise: (graph, { apply, x }, output) => {
    const { name, order } = graph.anyOf(x);
    const limits =
      apply === 'relu6' ? [0, 6].map((limit) => graph.scalar(`${output.name}/limit`, limit)) : [];
    return { name: graph.node(ELEMENTWISE[apply], [name, ...limits], {}, output.name), order };
  },

  leakyRelu: (graph, { x, alpha }, output) => {
    const { name, order } = graph.anyOf(x);
    const attributes = { alpha: { float: alpha } };
    return { name: graph.node('LeakyRelu', [name], attributes, output.name), order };
  },

  softmax: (graph, { x }, output) => {
    const { name, order } = graph.anyOf(x);
    const attributes = { axis: order.indexOf(order.length - 1) };
    return { name: graph.node('Softmax', [name], attributes, output.name), order };
  },

  arithmetic: (graph, { apply, a, b }, output) => {
    const order = commonOrder(graph, a, b);
    const other = isConstant(b)
      ? b.shape.length === 0
        ? graph.constant(b)
        : graph.constantInOrder(b, order)
      : graph.inOrder(b, order);
    const inputs = [graph.inOrder(a, order), other];
    return { name: graph.node(ARITHMETIC[apply], inputs, {}, output.name), order };
  },

  concat: (graph, { xs, axis }, output) => {
    const { order } = graph.anyOf(xs[0]!);
    const inputs = xs.map((x) => graph.inOrder(x, order));
    const attributes = { axis: order.indexOf(axis) };
    return { name: graph.node('Concat', inputs, attributes, output.name), order };
  },

  pad: (graph, { x, pads }, output) => {
    const { name, order } = graph.anyOf(x);
    const [before, after] = [0, 1].map((end) => order.map((axis) => pads[axis]![end]!));
    const counts = graph.integers(`${output.name}/pads`, [...before!, ...after!]);
    return { name: graph.node('Pad', [name, counts], {}, output.name), order };
  },

  slice: (graph, { x, axes }, output) => {
    const { name, order } = graph.anyOf(x);
    const list = (part: string, values: number[]) =>
      graph.integers(`${output.name}/${part}`, values);
    const inputs = [
      name,
      list(
        'starts',
        axes.map(({ start }) => start),
      ),
      list(
        'ends',
        axes.map(({ end }) => end),
      ),
      list(
        'axes',
        axes.map(({ axis }) => order.indexOf(axis)),
      ),
      list(
        'steps',
        axes.map(({ step }) => step),
      ),
    ];
    return { name: graph.node('Slice', inputs, {}, output.name), order };
  },

  gather: (graph, { x, axis, indices }, output) => {
    const { name, order } = graph.anyOf(x);
    const list = graph.integers(`${output.name}/indices`, indices);
    const attributes = { axis: order.indexOf(axis) };
    return { name: graph.node('Gather', [name, list], attributes, output.name), order };
  },

  // A sequence and an image of one column have the same numbers, also with their channels first.
  reshape: (graph, { x }, output) => {
    const stored = graph.anyOf(x);
    const staysFirst =
      isSequenceAndColumn(x.shape, output.shape) &&
      isSameOrder(stored.order, channelsFirst(x.shape.length));
    const order = (staysFirst ? channelsFirst : ownOrder)(output.shape.length);
    const sizes = order.map((axis) => output.shape[axis]!);
    const shape = graph.integers(`${output.name}/shape`, sizes);
    const source = staysFirst ? stored.name : graph.ownOrder(x);
    return { name: graph.node('Reshape', [source, shape], {}, output.name), order };
  },

  /** No node: the same tensors, with other names of their axes. */
  transpose: (graph, { x, order }) =>
    graph.allOf(x).map((stored) => ({
      name: stored.name,
      order: stored.order.map((axis) => order.indexOf(axis)),
    })),

  resize: (graph, { x, factors, method }, output) => {
    const scales = graph.floats(`${output.name}/scales`, [1, 1, ...factors]);
    const attributes = {
      mode: method === 'nearest' ? 'nearest' : 'linear',
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: 'floor',
    };
    const inputs = [graph.channelsFirst(x), '', scales];
    return { name: graph.node('Resize', inputs, attributes, output.name), order: NCHW };
  },

  oneHotOfLargest: (graph, { x }, output) => {
    const attributes = { axis: 1, keepdims: 0 };
    const largest = graph.node('ArgMax', [graph.ownOrder(x)], attributes, `${output.name}/index`);
    const depth = graph.integers(`${output.name}/depth`, [x.shape[1]!], true);
    const values = graph.floats(`${output.name}/values`, [0, 1]);
    const name = graph.node('OneHot', [largest, depth, values], { axis: -1 }, output.name);
    return { name, order: [0, 1] };
  },
};

/** A convolution of an NCHW image. `axes` brings the kernel's axes into ONNX's order. */
function convolution(
  graph: OnnxGraph,
  { x, kernel, bias, strides, dilations, padding }: Convolution,
  output: Value,
  axes: number[],
  group: number,
  reshaped: (shape: number[]) => number[] = (shape) => shape,
): string {
  const size = kernel.shape.slice(0, 2);
  const [rows, columns] = size.map((taps, axis) => {
    const window = dilated(taps, dilations[axis]!);
    return windowPads(x.shape[axis + 1]!, window, strides[axis]!, padding);
  }) as [[number, number], [number, number]];
  const weights = graph.constant(kernel, `convolution ${axes}`, (one) => {
    const turned = ordered(one, axes);
    return { ...turned, shape: reshaped(turned.shape) };
  });
  const inputs = [graph.channelsFirst(x), weights, ...(bias ? [graph.constant(bias)] : [])];
  const pads = [rows[0], columns[0], rows[1], columns[1]];
  const attributes = { kernel_shape: size, strides, dilations, pads, group };
  return graph.node('Conv', inputs, attributes, output.name);
}

/**
 * Gives the `Pad` that a pooling reads, if there is one, the value −0. ONNX Runtime 1.30 moves a
 * `Pad` with the value +0 into the pooling. There the padding of a maximum is −∞, and a padding as
 * long as the window is refused.
 */
function keepPad(graph: OnnxGraph, image: string): void {
  const source = graph.nodes.find(({ output }) => output[0] === image);
  // The runtime may move a transposition too.
  if (source?.opType === 'Transpose') keepPad(graph, source.input[0]!);
  if (source?.opType !== 'Pad' || source.input.length > 2) return;
  source.input.push(graph.scalar(`${image}/value`, -0));
}

/**
 * A 1×1 convolution as a product, or `null` if it is another convolution, or the channels directly
 * follow the batch. So an axis that a `Permute` layer brings to the end is not moved in memory.
 */
function pointwise(
  graph: OnnxGraph,
  { x, kernel, bias, strides }: Convolution,
  output: Value,
): Stored | null {
  const isPointwise = [...kernel.shape.slice(0, 2), ...strides].every((size) => size === 1);
  const { name, order } = graph.anyOf(x);
  const place = order.indexOf(3);
  if (!isPointwise || place === 1) return null;
  const isLast = place === 3;
  const matrix = graph.constant(kernel, `matrix ${isLast}`, (one) => {
    const flat = { ...one, shape: one.shape.slice(2) };
    return isLast ? flat : ordered(flat, [1, 0]);
  });
  const product = graph.node('MatMul', isLast ? [name, matrix] : [matrix, name], {}, output.name);
  return { name: biased(graph, product, bias, order, output), order };
}

/** Adds a bias over the last axis of a value, or returns the name of the sum without one. */
function biased(
  graph: OnnxGraph,
  name: string,
  bias: Constant | null,
  order: AxisOrder,
  output: Value,
): string {
  if (!bias) return name;
  return graph.node('Add', [name, graph.constantInOrder(bias, order)], {}, `${output.name}/bias`);
}

/** An order in which both operands are stored, or else an order of the first one. */
function commonOrder(graph: OnnxGraph, a: Value, b: Value | Constant): AxisOrder {
  const { order } = graph.anyOf(a);
  if (isConstant(b)) return order;
  const other = graph.anyOf(b).order;
  return isSameOrder(other, channelsFirst(other.length)) ? other : order;
}

/** Whether one shape is a sequence [N, L, C], and the other its image [N, L, 1, C]. */
function isSequenceAndColumn(a: number[], b: number[]): boolean {
  const [sequence, image] = a.length < b.length ? [a, b] : [b, a];
  const [batch, length, channels] = sequence;
  return sequence.length === 3 && `${image}` === `${[batch, length, 1, channels]}`;
}
