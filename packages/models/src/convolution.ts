import { ConfigError } from '@ds/checks';
import { applyInOneModel, hasMember } from '@ds/graph';
import { type PoolingConfig, poolingLayer, poolingNames, poolingTraits } from '@ds/layers';
import * as tfl from '@tensorflow/tfjs-layers';
import type { NextSeed } from './seeds.js';

/** The options that all convolutions of a network share. */
export interface ConvolutionStyle {
  /** L2 penalty on kernels. It adds `weightDecay · Σ w²` to the model's loss. */
  weightDecay: number;
  /** Returns the seed of the next kernel. Each call returns another one, so kernels differ. */
  nextSeed: NextSeed;
  /** Padding of strided convolutions. Default `'same'`. */
  padding?: StridedPadding;
}

/**
 * Padding of strided windows of k pixels. `'same'`: TensorFlow's, which may pad one side more.
 * `'symmetric'`: (k − 1)/2 zeros on each side, as in PyTorch. At stride 1 both are equal.
 */
export type StridedPadding = 'same' | 'symmetric';

/** A 2-D convolution without bias, He-normal, padded with zeros. */
export function convolution(
  x: tfl.SymbolicTensor,
  name: string,
  filters: number,
  kernelSize: number | [number, number],
  strides: [number, number],
  style: ConvolutionStyle,
): tfl.SymbolicTensor {
  const isPadded = style.padding === 'symmetric' && strides.some((stride) => stride > 1);
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
    .apply(isPadded ? zeroPadded(x, name, kernelSize) : x) as tfl.SymbolicTensor;
}

/** Pads (k − 1)/2 zeros on each side of an axis, for windows of k pixels. */
export function zeroPadded(
  x: tfl.SymbolicTensor,
  name: string,
  kernelSize: number | [number, number],
): tfl.SymbolicTensor {
  const [height, width] = Array.isArray(kernelSize) ? kernelSize : [kernelSize, kernelSize];
  const [rows, columns] = [(height - 1) / 2, (width - 1) / 2];
  if (rows === 0 && columns === 0) return x;
  return tfl.layers
    .zeroPadding2d({
      name: `${name}.padding`,
      padding: [
        [rows, rows],
        [columns, columns],
      ],
    })
    .apply(x) as tfl.SymbolicTensor;
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
  stride: number | [number, number],
  { pooling, poolingConfig, nextSeed }: Downsampling,
): Reduction {
  const strides: [number, number] = Array.isArray(stride) ? stride : [stride, stride];
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
  const { placement, absentAtStrideOne } = poolingTraits(pooling);
  const seed = nextSeed();
  const config: PoolingConfig = {
    ...(seed === undefined ? {} : { seed }),
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
  strides: (number | [number, number])[],
  downsampling: Pick<Downsampling, 'pooling' | 'poolingConfig'>,
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
