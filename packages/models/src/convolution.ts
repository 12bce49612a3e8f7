import { ConfigError } from '@ds/checks';
import { applyInOneModel, hasMember } from '@ds/graph';
import {
  MapSizeError,
  PadImage,
  type PoolingConfig,
  poolingLayer,
  poolingNames,
  poolingTraits,
} from '@ds/layers';
import * as tfl from '@tensorflow/tfjs-layers';
import type { NextSeed } from './seeds.js';

/** The options that all convolutions of a network share. */
export interface ConvolutionStyle {
  /** L2 penalty on kernels. It adds `weightDecay · Σ w²` to the model's loss. */
  weightDecay: number;
  /** Returns the seed of the next kernel. Each call returns another one, so kernels differ. */
  nextSeed: NextSeed;
  /** Padding of convolutions. Default `'same'`. */
  padding?: ConvolutionPadding;
}

/**
 * Padding of windows of k pixels. `'same'`: TensorFlow's zeros, which may be one more on one side.
 * The others add (k − 1)/2 pixels on each side. `'symmetric'`: zeros, as in PyTorch. At stride 1 it
 * equals `'same'`. `'circular'`: the image repeats. `'reflect'`: it is mirrored at its edge pixels.
 */
export type ConvolutionPadding = 'same' | 'symmetric' | 'circular' | 'reflect';

/** The border of a padding that takes pixels of the image, or `null` for zeros. */
export function borderOf(padding: ConvolutionPadding | undefined): 'circular' | 'reflect' | null {
  return padding === 'circular' || padding === 'reflect' ? padding : null;
}

/** The logits of a classifier: a dense layer, He-normal, on averaged or largest features. */
export function classifier(
  features: tfl.SymbolicTensor,
  name: string,
  classes: number,
  { weightDecay, nextSeed }: Pick<ConvolutionStyle, 'weightDecay' | 'nextSeed'>,
): tfl.SymbolicTensor {
  return tfl.layers
    .dense({
      name,
      units: classes,
      kernelInitializer: tfl.initializers.heNormal({ seed: nextSeed() }),
      kernelRegularizer: weightDecay > 0 ? tfl.regularizers.l2({ l2: weightDecay }) : undefined,
    })
    .apply(features) as tfl.SymbolicTensor;
}

/** A 2-D convolution without bias, He-normal. It keeps the size at stride 1. */
export function convolution(
  x: tfl.SymbolicTensor,
  name: string,
  filters: number,
  kernelSize: number | [number, number],
  strides: [number, number],
  style: ConvolutionStyle,
): tfl.SymbolicTensor {
  const { padding = 'same' } = style;
  const isPadded =
    borderOf(padding) !== null || (padding === 'symmetric' && strides.some((stride) => stride > 1));
  return tfl.layers
    .conv2d({
      name,
      filters,
      kernelSize,
      strides,
      padding: isPadded ? 'valid' : 'same',
      useBias: false,
      kernelInitializer: tfl.initializers.heNormal({ seed: style.nextSeed() }),
      kernelRegularizer:
        style.weightDecay > 0 ? tfl.regularizers.l2({ l2: style.weightDecay }) : undefined,
    })
    .apply(isPadded ? padded(x, name, kernelSize, padding) : x) as tfl.SymbolicTensor;
}

/**
 * Pads (k − 1)/2 pixels on each side of an axis, for windows of k pixels.
 *
 * @throws MapSizeError if a map is too small for a reflection.
 */
export function padded(
  x: tfl.SymbolicTensor,
  name: string,
  kernelSize: number | readonly [number, number],
  padding: ConvolutionPadding,
): tfl.SymbolicTensor {
  const [height, width] = Array.isArray(kernelSize) ? kernelSize : [kernelSize, kernelSize];
  const [rows, columns] = [(height - 1) / 2, (width - 1) / 2];
  if (rows === 0 && columns === 0) return x;
  const margins: [[number, number], [number, number]] = [
    [rows, rows],
    [columns, columns],
  ];
  const border = borderOf(padding);
  if (border === 'reflect') requireReflection(x, `${name}.padding`, [rows, columns]);
  const layer = border
    ? new PadImage({ name: `${name}.padding`, margins, border })
    : tfl.layers.zeroPadding2d({ name: `${name}.padding`, padding: margins });
  return layer.apply(x) as tfl.SymbolicTensor;
}

/** A reflection reaches at most to the other side of a map. */
function requireReflection({ shape }: tfl.SymbolicTensor, layer: string, margins: number[]): void {
  const sides = shape.slice(1, 3);
  for (const [axis, size] of sides.entries()) {
    if (size === null || size > margins[axis]!) continue;
    const why = `padding must not be 'reflect' on a side of ${size}, with ${margins[axis]} beyond it`;
    throw new MapSizeError('PadImage', layer, sides, why);
  }
}

/** Batch norm over channels, with momentum 0.9 and ε 1e-5, as in the published network. */
export function batchNorm(x: tfl.SymbolicTensor, name: string): tfl.SymbolicTensor {
  return tfl.layers
    .batchNormalization({ name, momentum: 0.9, epsilon: 1e-5 })
    .apply(x) as tfl.SymbolicTensor;
}

export function relu(x: tfl.SymbolicTensor, name: string): tfl.SymbolicTensor {
  return tfl.layers.reLU({ name }).apply(x) as tfl.SymbolicTensor;
}

/** How a network downsamples: by strided convolutions, or by poolings after convolutions. */
export interface Downsampling {
  /** `'conv'` or a registered name. */
  pooling: string;
  poolingConfig: Record<string, unknown>;
  /** Returns the seed of the next pooling, which may draw or have weights. */
  nextSeed: NextSeed;
  /** Padding of the convolutions. Poolings that pad take its border. Default `'same'`. */
  padding?: ConvolutionPadding;
}

/** The downsampling at one place of a network. */
export interface Reduction {
  /** Strides of the convolution before the pooling. */
  convStrides: [number, number];
  /** Whether the pooling comes directly after the convolution, or after its activation. */
  placement: 'convolution' | 'activation';
  /** Pools branches of one size with one layer, or returns them unchanged. */
  pool: (branches: tfl.SymbolicTensor[]) => tfl.SymbolicTensor[];
}

/** No downsampling. */
export const unreduced: Reduction = {
  convStrides: [1, 1],
  placement: 'convolution',
  pool: (branches) => branches,
};

/** @throws ConfigError if strides do not suit the convolution, or the pooling does not exist. */
export function reduction(
  op: string,
  name: string,
  stride: number | readonly [number, number],
  { pooling, poolingConfig, nextSeed, padding }: Downsampling,
): Reduction {
  const strides: [number, number] = typeof stride === 'number' ? [stride, stride] : [...stride];
  if (pooling === 'conv') {
    if (!strides.every(Number.isInteger)) {
      throw new ConfigError(`${op}: strides must be integers with pooling 'conv', got ${stride}`);
    }
    return { ...unreduced, convStrides: strides };
  }
  if (!poolingNames().includes(pooling)) {
    throw new ConfigError(
      `${op}: pooling must be one of conv, ${poolingNames().join(', ')}, ` +
        `got ${JSON.stringify(pooling)}`,
    );
  }
  const { placement, absentAtStrideOne, padsBorders } = poolingTraits(pooling);
  const border = padsBorders ? borderOf(padding) : null;
  const seed = nextSeed();
  const config: PoolingConfig = {
    ...(seed === undefined ? {} : { seed }),
    ...(border && { padding: border }),
    ...poolingConfig,
    name,
    strides,
  };
  // Always made, so that a bad configuration throws for all strides.
  const layer = made(op, pooling, config);
  if (strides.every((one) => one === 1) && absentAtStrideOne) return unreduced;
  return { convStrides: [1, 1], placement, pool: (branches) => pooled(layer, branches) };
}

/** Makes a pooling. Its errors name the `poolingConfig` of the called function. */
function made(op: string, pooling: string, config: PoolingConfig): tfl.layers.Layer {
  try {
    return poolingLayer(pooling, config);
  } catch (error) {
    throw new ConfigError(`${op}: poolingConfig: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Checks a pooling at all strides, before the network is built.
 *
 * @throws ConfigError as {@link reduction} at one of the strides.
 */
export function requirePooling(
  op: string,
  strides: readonly (number | readonly [number, number])[],
  downsampling: Pick<Downsampling, 'pooling' | 'poolingConfig' | 'padding'>,
): void {
  const settings = { ...downsampling, nextSeed: () => undefined };
  for (const stride of strides) reduction(op, 'tried', stride, settings);
}

/** Pools each branch separately, or all together if the layer makes one choice for them. */
function pooled(layer: tfl.layers.Layer, branches: tfl.SymbolicTensor[]): tfl.SymbolicTensor[] {
  if (branches.length > 1 && hasMember(layer, 'sharesChoice')) {
    return layer.apply(branches) as tfl.SymbolicTensor[];
  }
  return branches.map((branch) =>
    applyInOneModel(layer, () => layer.apply(branch) as tfl.SymbolicTensor),
  );
}
