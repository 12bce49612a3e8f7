/** A pair of sizes along the height and the width. */
export type Pair = [number, number];

/** Constant numbers of a graph, such as a kernel. Row by row, in TensorFlow's order of axes. */
export interface Constant {
  name: string;
  shape: number[];
  values: Float32Array;
}

/**
 * A tensor of a graph. The first size of `shape` is the batch, −1. The other sizes are known.
 * Images are NHWC.
 */
export interface Value {
  name: string;
  shape: number[];
}

/** The padding of a window, as in TensorFlow. */
export type Padding = 'same' | 'valid';

/** A function of each number. */
export type Elementwise =
  | 'abs'
  | 'elu'
  | 'erf'
  | 'exp'
  | 'log'
  | 'relu'
  | 'relu6'
  | 'selu'
  | 'sigmoid'
  | 'softplus'
  | 'sqrt'
  | 'tanh';

/** A function of two numbers. */
export type Arithmetic =
  | 'add'
  | 'divide'
  | 'maximum'
  | 'minimum'
  | 'multiply'
  | 'power'
  | 'subtract';

/** The steps along one axis that a slice keeps: start, start + step, … below end. */
export interface SliceAxis {
  axis: number;
  start: number;
  end: number;
  step: number;
}

/** An operation, without its output. Each is one or two nodes of every format. */
export type Operation =
  /** Convolution. `kernel` [kh, kw, in, out], `bias` [out]. */
  | ({ kind: 'conv2d' } & Convolution)
  /** Convolution of each channel. `kernel` [kh, kw, in, m], `bias` [in·m]. */
  | ({ kind: 'depthwiseConv2d' } & Convolution)
  /** `x · kernel + bias` over the last axis. `kernel` [in, out], `bias` [out]. */
  | { kind: 'dense'; x: Value; kernel: Constant; bias: Constant | null }
  /** `rows · plane · columnsᵀ` of each channel. `null` leaves an axis as it is. */
  | { kind: 'resample'; x: Value; rows: Constant | null; columns: Constant | null }
  /** `γ (x − μ)/√(σ² + ε) + β` over the last axis. */
  | {
      kind: 'batchNorm';
      x: Value;
      gamma: Constant;
      beta: Constant;
      mean: Constant;
      variance: Constant;
      epsilon: number;
    }
  /** The maximum or the mean over windows. A mean leaves the padding out. */
  | {
      kind: 'pool';
      reduce: 'max' | 'mean';
      x: Value;
      size: Pair;
      strides: Pair;
      padding: Padding;
    }
  /** The maximum, mean or sum over axes. */
  | { kind: 'reduce'; reduce: Reduction; x: Value; axes: number[]; keepDims: boolean }
  | { kind: 'elementwise'; apply: Elementwise; x: Value }
  | { kind: 'leakyRelu'; x: Value; alpha: number }
  /** Softmax over the last axis. */
  | { kind: 'softmax'; x: Value }
  /** Two operands of one rank, or a constant that broadcasts to the last axes. */
  | { kind: 'arithmetic'; apply: Arithmetic; a: Value; b: Value | Constant }
  | { kind: 'concat'; xs: Value[]; axis: number }
  /** Zeros before and after each axis. */
  | { kind: 'pad'; x: Value; pads: Pair[] }
  | { kind: 'slice'; x: Value; axes: SliceAxis[] }
  /** The entries of an axis at these indices. */
  | { kind: 'gather'; x: Value; axis: number; indices: number[] }
  | { kind: 'reshape'; x: Value }
  /** Axis i of the result is axis `order[i]` of x. */
  | { kind: 'transpose'; x: Value; order: number[] }
  /** Larger images: nearest pixel, or bilinear with corners at the same origin. */
  | { kind: 'resize'; x: Value; factors: Pair; method: 'nearest' | 'bilinear' }
  /** 1 at the largest entry of each row, and at the first one on a tie: [N, K] → [N, K]. */
  | { kind: 'oneHotOfLargest'; x: Value };

/** How an axis is reduced. */
export type Reduction = 'max' | 'mean' | 'sum';

/** The parts of a convolution. */
export interface Convolution {
  x: Value;
  kernel: Constant;
  bias: Constant | null;
  strides: Pair;
  dilations: Pair;
  padding: Padding;
}

/** An operation with its result. */
export interface Step {
  operation: Operation;
  output: Value;
}

/** A model as a list of operations, in an order in which they can run. */
export interface NeutralGraph {
  name: string;
  inputs: Value[];
  steps: Step[];
  outputs: { name: string; value: Value }[];
}
