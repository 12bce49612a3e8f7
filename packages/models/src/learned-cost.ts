import {
  type Checks,
  ConfigError,
  oneOf,
  requireList,
  requireModel,
  requireOptions,
} from '@ds/checks';
import { evaluateGraph, hasMember, inputShapesOf, isModel, plainClassName } from '@ds/graph';
import {
  type DiffStride,
  type DiffStride1D,
  type DiffStride3D,
  isDiffStride,
  isMaskedConv2D,
  isMaskedDepth,
  type LearnedSize,
  type MaskedConv2D,
  type MaskedDepth,
} from '@ds/layers';
import {
  add,
  clone,
  customGrad,
  div,
  minimum,
  mul,
  reshape,
  type Scalar,
  scalar,
  slice,
  sub,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';

/** Options of {@link learnedCost}. */
export interface LearnedCostOptions {
  /** Shape of one image, or of several inputs. Default the model's own, if all of it is known. */
  inputShape?: number[] | number[][];
  /**
   * `'kept'` (default): the value counts whole taps, channels, blocks and pixels, as `costReport`
   * does. `'real'`: the value is the polynomial of the real sizes.
   */
  sizes?: 'kept' | 'real';
}

/** The checks of {@link LearnedCostOptions}. `inputShapesOf` checks the shape. */
export const LEARNED_COST_CHECKS: Checks<LearnedCostOptions> = {
  inputShape: requireList,
  sizes: oneOf('kept', 'real'),
};

/**
 * The multiply-adds of a network as a differentiable function of its learned sizes, for the
 * computational budget of DNArch (Romero & Zeghidour 2023):
 *
 *     C = Σ_l H_l W_l · k_h k_v · c_in c_out   over the convolutions, and the same for other layers
 *
 * Each factor is a size s of a mask: taps, channels or blocks, and the sides of the maps after
 * `DiffStride`, `min(H, H/S + 2R + 1)` on average over strides, and `H/S` for strides below 1. With
 * `'kept'` the value rounds every size to what the layers compute with. The gradient is that of the
 * product at these rounded sizes, as if rounding had slope 1 (straight-through). So the value is
 * what `costReport` counts. It leaves out the skew matrices of `DiffStride` with
 * `alignment: 'published'`. With `'real'` nothing is rounded, and the gradient is exact.
 *
 * It knows the layers of `learnedResnet`: `MaskedConv2D`, `MaskedDepth`, `DiffStride`, `Conv2D`,
 * `Dense`, global pooling, sums, and elementwise layers, also in nested models. It runs no image.
 *
 * @returns a scalar, in multiply-adds for one image. The caller disposes of it.
 * @throws ConfigError if model is not a model of tf.layers, its input shape is unknown or does not
 *   suit, or it has a layer of another class.
 */
export function learnedCost(model: tfl.LayersModel, options: LearnedCostOptions = {}): Scalar {
  requireModel('learnedCost', 'model', model);
  requireOptions<LearnedCostOptions>('learnedCost', 'options', options, LEARNED_COST_CHECKS);
  return costOf('learnedCost', model, options);
}

/** {@link learnedCost} of checked options, with errors that begin with `op`. */
export function costOf(
  op: string,
  model: tfl.LayersModel,
  { inputShape, sizes = 'kept' }: LearnedCostOptions,
): Scalar {
  const declared = model.inputs.map(({ shape }) => shape.slice(1));
  const given = inputShape ?? (declared as number[][]);
  if (!inputShape && declared.some((shape) => shape.includes(null))) {
    const shown = declared.map((shape) => `[${shape.map((size) => size ?? 'null')}]`);
    throw new ConfigError(
      `${op}: inputShape must be given if the model does not fix it, got ${shown.join(', ')}`,
    );
  }
  requireList(op, 'inputShape', given);
  const shapes = inputShapesOf(op, model, given);
  return tidy(() => {
    const walk = new CostWalk(op, sizes === 'kept');
    walk.ofGraph(
      model,
      shapes.map((shape) => shape.map(fixed)),
    );
    return walk.total;
  });
}

/** The sizes of a tensor's axes without the batch, [height, width, channels]. */
type Shape = LearnedSize[];

function fixed(size: number): LearnedSize {
  return { kept: size, value: size, size: scalar(size) };
}

/** Layers whose output has the shape of their input, and that count no multiply-adds. */
const ELEMENTWISE = new Set(
  `Activation AlphaDropout BatchNormalization Dropout ELU GaussianDropout GaussianNoise InputLayer
  LayerNormalization LeakyReLU PReLU ReLU Rescaling Softmax SpatialDropout1D
  ThresholdedReLU`.split(/\s+/),
);

/** Layers that broadcast their inputs to one shape, and that count no multiply-adds. */
const MERGES = new Set(['Add', 'Average', 'Maximum', 'Minimum', 'Multiply']);

/** The shape of a merge by broadcasting. Axes are aligned at the last one. */
function broadcast(shapes: Shape[]): Shape {
  // Of two equal sizes, the one of the input with the most axes counts.
  const [largest, ...others] = shapes.toSorted((a, b) => b.length - a.length) as [
    Shape,
    ...Shape[],
  ];
  return others.reduce((merged, shape) => {
    const before = merged.length - shape.length;
    return merged.map((size, axis) => {
      const other = shape[axis - before];
      return other && other.kept > size.kept ? other : size;
    });
  }, largest);
}

/** What `isDiffStride` finds. */
type DiffStrideOfAnyRank = DiffStride | DiffStride1D | DiffStride3D;

/** Sums the cost of a graph's layers. */
class CostWalk {
  total: Scalar = scalar(0);

  constructor(
    private readonly op: string,
    private readonly isRounded: boolean,
  ) {}

  /** Adds the cost of a model for inputs of these shapes. Returns the shapes of its outputs. */
  ofGraph(model: tfl.LayersModel, inputs: Shape[]): Shape[] {
    return evaluateGraph(model, inputs, ({ outboundLayer, inputTensors }, shapeOf) =>
      this.ofLayer(outboundLayer, inputTensors.map(shapeOf)),
    );
  }

  private ofLayer(layer: tfl.layers.Layer, inputs: Shape[]): Shape[] {
    const [shape] = inputs as [Shape];
    if (isModel(layer)) return this.ofGraph(layer, inputs);
    if (isMaskedConv2D(layer)) return [this.ofMasked(layer, shape)];
    if (isMaskedDepth(layer)) return [this.ofDepth(layer, shape)];
    const className = layer.getClassName();
    const config = layer.getConfig();
    const isKnown = config.dataFormat !== 'channelsFirst';
    // Only the layer of images has `matrices`.
    const isCropping = isKnown && isDiffStride(layer) && config.cropping;
    if (isCropping && hasMember(layer, 'matrices')) return [this.ofStrides(layer, shape)];
    if (isKnown && className === 'Conv2D') return [this.ofConvolution(config, shape)];
    if (isKnown && /^Global(Average|Max)Pooling2D$/.test(className)) return [shape.slice(2)];
    if (className === 'Dense') {
      const units = fixed(config.units as number);
      this.add(product([...shape, units]));
      return [[...shape.slice(0, -1), units]];
    }
    if (ELEMENTWISE.has(className)) return [shape];
    if (MERGES.has(className)) return [broadcast(inputs)];
    throw new ConfigError(
      `${this.op}: model must have layers whose cost is known as a function of sizes, ` +
        `got ${layer.name} (${plainClassName(layer)})`,
    );
  }

  private add(cost: Scalar): void {
    this.total = add(this.total, cost) as Scalar;
  }

  /** A size with the value that is counted. Its gradient is that of the real size. */
  private counted({ kept, value, size }: LearnedSize): LearnedSize {
    return this.isRounded
      ? { kept, value: kept, size: throughTo(size, kept) }
      : { kept, value, size };
  }

  private ofMasked(layer: MaskedConv2D, [height, width, channels]: Shape): Shape {
    const { kernel, width: learned } = layer.learnedSizes();
    const [rows, columns, outputs] = [...kernel, learned].map((size) => this.counted(size));
    this.add(product([height!, width!, channels!, rows!, columns!, outputs!]));
    const { cropping, filters } = layer.getConfig();
    return [height!, width!, cropping ? outputs! : fixed(filters as number)];
  }

  /**
   * Whole blocks, and a share of the next one. Rounded, it counts the blocks that run, and the
   * slope is their mean cost.
   */
  private ofDepth(layer: MaskedDepth, shape: Shape): Shape {
    const { kept, value, size } = layer.learnedDepth();
    const whole = this.isRounded ? kept : Math.min(Math.floor(value), layer.blocks.length - 1);
    const blocks = layer.blocks.slice(0, this.isRounded ? kept : whole + 1).map((block) => {
      const walk = new CostWalk(this.op, this.isRounded);
      walk.ofGraph(block, [shape]);
      return walk.total;
    });
    const sum = blocks.slice(0, whole).reduce<Scalar>((a, b) => add(a, b), scalar(0));
    if (this.isRounded) this.add(mul(sum, div(throughTo(size, kept), scalar(kept))) as Scalar);
    else this.add(add(sum, mul(blocks[whole]!, sub(size, scalar(whole)))) as Scalar);
    return shape;
  }

  private ofStrides(layer: DiffStrideOfAnyRank, [height, width, channels]: Shape): Shape {
    const strides = layer.strideVariable!;
    const smoothness = layer.getConfig().smoothness as number;
    const { values } = layer.hostCopy.read();
    const kept = layer.outputSizeAtCopy([height!.kept, width!.kept]);
    const axis = (side: LearnedSize, at: number): LearnedSize => {
      const index = Math.min(at, strides.size - 1);
      const stride = reshape(slice(strides as Tensor, [index], [1]), []);
      const scaled = div(side.size, stride) as Scalar;
      // A stride below 1 upsamples, without a mask.
      if (values[index]! < 1) {
        return this.counted({ kept: kept[at]!, value: side.value / values[index]!, size: scaled });
      }
      const reach = add(scaled, scalar(2 * smoothness + 1)) as Scalar;
      const value = Math.min(side.value, side.value / values[index]! + 2 * smoothness + 1);
      // Rounded, the gradient also passes where the mask still covers the whole side.
      const size = this.isRounded ? reach : (minimum(reach, side.size) as Scalar);
      return this.counted({ kept: kept[at]!, value, size });
    };
    const [h, w] = [axis(height!, 0), axis(width!, 1)];
    // Two matrix products, in the cheaper order.
    const [H, W] = [height!, width!];
    const rowsFirst = h.kept * W.kept * (H.kept + w.kept) <= w.kept * H.kept * (W.kept + h.kept);
    const order = rowsFirst ? [product([h, W]), sum(H, w)] : [product([w, H]), sum(W, h)];
    this.add(mul(mul(order[0]!, order[1]!), channels!.size) as Scalar);
    return [h, w, channels!];
  }

  private ofConvolution(config: Record<string, unknown>, shape: Shape): Shape {
    const { padding, filters } = config;
    const kernelSize = config.kernelSize as number[];
    const strides = config.strides as number[];
    const dilationRate = config.dilationRate as number[];
    const sides = [0, 1].map((at) => {
      const side = shape[at]!;
      const cut = padding === 'same' ? 0 : (kernelSize[at]! - 1) * dilationRate[at]!;
      const stride = strides[at]!;
      if (cut === 0 && stride === 1) return side;
      const of = (size: number) => (size - cut) / stride;
      const size = div(sub(side.size, scalar(cut)), scalar(stride)) as Scalar;
      return this.counted({ kept: Math.ceil(of(side.kept)), value: of(side.value), size });
    });
    const outputs = fixed(filters as number);
    this.add(product([...sides, shape[2]!, outputs, ...kernelSize.map(fixed)]));
    return [...sides, outputs];
  }
}

function product(sizes: LearnedSize[]): Scalar {
  return sizes.reduce<Scalar>((total, { size }) => mul(total, size), scalar(1));
}

function sum(a: LearnedSize, b: LearnedSize): Scalar {
  return add(a.size, b.size);
}

/** A number as the value, with the gradient of x: y = value, ∂L/∂x = ∂L/∂y. */
function throughTo(x: Scalar, value: number): Scalar {
  const through = customGrad(() => ({ value: scalar(value), gradFunc: (dy: Tensor) => clone(dy) }));
  return through(x) as Scalar;
}
