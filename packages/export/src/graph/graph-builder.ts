import { UniqueNames } from '@ds/graph';
import type {
  Arithmetic,
  Constant,
  Convolution,
  Elementwise,
  Operation,
  Padding,
  Pair,
  Reduction,
  SliceAxis,
  Step,
  Value,
} from './neutral-graph.js';
import { dilated, windowOutput } from './window-size.js';

/** The options of a convolution in {@link GraphBuilder}. */
export interface ConvolutionOptions {
  /** Default `null`. */
  bias?: Constant | null;
  /** Default [1, 1]. */
  strides?: Pair;
  /** Default [1, 1]. */
  dilations?: Pair;
  /** Default `'valid'`. */
  padding?: Padding;
}

/**
 * Adds operations to a graph. Each method returns the result, with its shape. Images are NHWC, and
 * axis 0 is the batch.
 */
export class GraphBuilder {
  /** The operations so far. */
  readonly steps: Step[] = [];
  /** The path of the layer that the next operations compute. */
  scope = '';
  private readonly names = new UniqueNames('_');

  /** A named input of the graph. */
  input(name: string, shape: number[]): Value {
    return { name: this.names.free(name), shape };
  }

  /** Constant numbers, in TensorFlow's order of axes. */
  constant(name: string, shape: number[], values: ArrayLike<number>): Constant {
    return {
      name: this.names.free(`${this.scope}/${name}`),
      shape,
      values: Float32Array.from(values),
    };
  }

  /** Convolution, `[N, H, W, in]` → `[N, h, w, out]`. `kernel` [kh, kw, in, out]. */
  conv2d(x: Value, kernel: Constant, options: ConvolutionOptions = {}): Value {
    const convolution = convolutionOf(x, kernel, options);
    const shape = [...windowed(convolution), kernel.shape[3]!];
    return this.add({ kind: 'conv2d', ...convolution }, shape);
  }

  /** Convolution of each channel, `[N, H, W, C]` → `[N, h, w, C·m]`. `kernel` [kh, kw, C, m]. */
  depthwiseConv2d(x: Value, kernel: Constant, options: ConvolutionOptions = {}): Value {
    const convolution = convolutionOf(x, kernel, options);
    const shape = [...windowed(convolution), kernel.shape[2]! * kernel.shape[3]!];
    return this.add({ kind: 'depthwiseConv2d', ...convolution }, shape);
  }

  /** `x · kernel + bias` over the last axis: `[…, in]` → `[…, out]`. */
  dense(x: Value, kernel: Constant, bias: Constant | null = null): Value {
    return this.add({ kind: 'dense', x, kernel, bias }, x.shape.with(-1, kernel.shape[1]!));
  }

  /**
   * `y = rows · x · columnsᵀ` for each channel: `[N, H, W, C]` → `[N, h, w, C]`, rows [h, H],
   * columns [w, W]. `null` leaves an axis as it is.
   */
  resample(x: Value, rows: Constant | null, columns: Constant | null): Value {
    if (!rows && !columns) return x;
    const [batch, height, width, channels] = x.shape as [number, number, number, number];
    const shape = [batch, rows?.shape[0] ?? height, columns?.shape[0] ?? width, channels];
    return this.add({ kind: 'resample', x, rows, columns }, shape);
  }

  /** `γ (x − μ)/√(σ² + ε) + β` over the last axis. Each constant has the shape [channels]. */
  batchNorm(
    x: Value,
    constants: { gamma: Constant; beta: Constant; mean: Constant; variance: Constant },
    epsilon: number,
  ): Value {
    return this.add({ kind: 'batchNorm', x, ...constants, epsilon }, x.shape);
  }

  /** The maximum or the mean over windows. A mean leaves the padding out. */
  pool(reduce: 'max' | 'mean', x: Value, size: Pair, strides: Pair, padding: Padding): Value {
    const sides = [0, 1].map((axis) =>
      windowOutput(x.shape[axis + 1]!, size[axis]!, strides[axis]!, padding),
    );
    const shape = [x.shape[0]!, ...sides, x.shape[3]!];
    return this.add({ kind: 'pool', reduce, x, size, strides, padding }, shape);
  }

  /** The maximum, the mean or the sum over axes. */
  reduce(reduce: Reduction, x: Value, axes: number[], keepDims = false): Value {
    const shape = keepDims
      ? x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
      : x.shape.filter((_, axis) => !axes.includes(axis));
    return this.add({ kind: 'reduce', reduce, x, axes, keepDims }, shape);
  }

  /** A function of each number. */
  elementwise(apply: Elementwise, x: Value): Value {
    return this.add({ kind: 'elementwise', apply, x }, x.shape, apply);
  }

  /** `max(x, alpha · x)`, for alpha < 1. */
  leakyRelu(x: Value, alpha: number): Value {
    return this.add({ kind: 'leakyRelu', x, alpha }, x.shape);
  }

  /** Softmax over the last axis. */
  softmax(x: Value): Value {
    return this.add({ kind: 'softmax', x }, x.shape);
  }

  /**
   * A function of two tensors of one rank, whose sizes are equal or 1. b may be a number, or a
   * constant whose axes are the last axes of a.
   */
  arithmetic(apply: Arithmetic, a: Value, b: Value | Constant | number): Value {
    const operand = typeof b === 'number' ? this.constant(apply, [], [b]) : b;
    const other = isConstant(operand) ? [] : operand.shape;
    const shape = a.shape.map((size, axis) => (size === 1 ? (other[axis] ?? size) : size));
    return this.add({ kind: 'arithmetic', apply, a, b: operand }, shape, apply);
  }

  /** Joins tensors along an axis. */
  concat(xs: Value[], axis: number): Value {
    const total = xs.reduce((sum, { shape }) => sum + shape[axis]!, 0);
    return this.add({ kind: 'concat', xs, axis }, xs[0]!.shape.with(axis, total));
  }

  /** Adds zeros. `pads` has [before, after] for each axis. */
  pad(x: Value, pads: Pair[]): Value {
    if (pads.flat().every((count) => count === 0)) return x;
    const shape = x.shape.map((size, axis) => size + pads[axis]![0] + pads[axis]![1]);
    return this.add({ kind: 'pad', x, pads }, shape.with(0, x.shape[0]!));
  }

  /** The entries at start, start + step, … below end, along some axes. */
  slice(x: Value, axes: SliceAxis[]): Value {
    const shape = axes.reduce(
      (sizes, { axis, start, end, step }) => sizes.with(axis, Math.ceil((end - start) / step)),
      x.shape,
    );
    return this.add({ kind: 'slice', x, axes }, shape);
  }

  /** The entries of an axis at these indices. An index may occur several times. */
  gather(x: Value, axis: number, indices: number[]): Value {
    return this.add({ kind: 'gather', x, axis, indices }, x.shape.with(axis, indices.length));
  }

  /** The same numbers in another shape. `sizes` has no batch. */
  reshape(x: Value, sizes: number[]): Value {
    return this.add({ kind: 'reshape', x }, [x.shape[0]!, ...sizes]);
  }

  /** Axis i of the result is axis `order[i]` of x. Axis 0 stays. */
  transpose(x: Value, order: number[]): Value {
    const shape = order.map((axis) => x.shape[axis]!);
    return this.add({ kind: 'transpose', x, order }, shape);
  }

  /** Enlarges images by integer factors. */
  resize(x: Value, factors: Pair, method: 'nearest' | 'bilinear'): Value {
    const [batch, height, width, channels] = x.shape as [number, number, number, number];
    const shape = [batch, height * factors[0], width * factors[1], channels];
    return this.add({ kind: 'resize', x, factors, method }, shape);
  }

  /** 1 at the largest entry of each row, and at the first one on a tie: `[N, K]` → `[N, K]`. */
  oneHotOfLargest(x: Value): Value {
    // tfjs has no one-hot numbers of length 1. The softmax of one number is 1.
    if (x.shape[1] === 1) return this.softmax(x);
    return this.add({ kind: 'oneHotOfLargest', x }, x.shape);
  }

  private add(operation: Operation, shape: number[], name: string = operation.kind): Value {
    const output = { name: this.names.free(`${this.scope}/${name}`), shape };
    this.steps.push({ operation, output });
    return output;
  }
}

/** Whether an operand is constant. */
export function isConstant(operand: Value | Constant): operand is Constant {
  return 'values' in operand;
}

function convolutionOf(x: Value, kernel: Constant, options: ConvolutionOptions): Convolution {
  const { bias = null, strides = [1, 1], dilations = [1, 1], padding = 'valid' } = options;
  return { x, kernel, bias, strides, dilations, padding };
}

/** The batch, the height and the width of a convolution. */
function windowed({ x, kernel, strides, dilations, padding }: Convolution): number[] {
  const sides = [0, 1].map((axis) => {
    const window = dilated(kernel.shape[axis]!, dilations[axis]!);
    return windowOutput(x.shape[axis + 1]!, window, strides[axis]!, padding);
  });
  return [x.shape[0]!, ...sides];
}
