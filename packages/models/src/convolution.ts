import { ConfigError } from '@ds/checks';
import { applyInOneModel, hasMember } from '@ds/graph';
import { type PoolingConfig, poolingLayer, poolingNames, poolingTraits } from '@ds/layers';
import * as tfl from '@tensorflow/tfjs-layers';
import type { NextSeed } from './seeds.js';

/** What every convolution of a network shares. */
export interface ConvolutionStyle {
  /** L2 penalty on kernels, added to the model's loss as `weightDecay · Σ w²`. */
  weightDecay: number;
  /** Seed of the next kernel; each call takes the next one, so that no two kernels are alike. */
  nextSeed: NextSeed;
}

/** A 2-D convolution without bias, He-normal, 'same' padding. */
export function convolution(
  x: tfl.SymbolicTensor,
  name: string,
  filters: number,
  kernelSize: number | [number, number],
  strides: [number, number],
  style: ConvolutionStyle,
): tfl.SymbolicTensor {
  return tfl.layers
    .conv2d({
      name,
      filters,
      kernelSize,
      strides,
      padding: 'same',
      useBias: false,
      kernelInitializer: tfl.initializers.heNormal({ seed: style.nextSeed() }),
      kernelRegularizer:
        style.weightDecay > 0 ? tfl.regularizers.l2({ l2: style.weightDecay }) : undefined,
    })
    .apply(x) as tfl.SymbolicTensor;
}

/** Batch norm over channels, momentum 0.9 and ε 1e-5, as the published network has it. */
export function batchNorm(x: tfl.SymbolicTensor, name: string): tfl.SymbolicTensor {
  return tfl.layers
    .batchNormalization({ name, momentum: 0.9, epsilon: 1e-5 })
    .apply(x) as tfl.SymbolicTensor;
}

export function relu(x: tfl.SymbolicTensor, name: string): tfl.SymbolicTensor {
  return tfl.layers.reLU({ name }).apply(x) as tfl.SymbolicTensor;
}

/** How a network is downsampled: by the strides of its convolutions, or by a pooling behind them. */
export interface Downsampling {
  /** `'conv'` or a registered name. */
  pooling: string;
  poolingConfig: Record<string, unknown>;
  /** Seed of the next pooling, for those that draw or have weights; like that of kernels. */
  nextSeed: NextSeed;
}

/** Reduces the maps of one place in the network. */
export interface Reduction {
  /** Strides of the convolution in front. */
  convStrides: [number, number];
  /** Whether the pooling stands behind the convolution or behind its activation. */
  placement: 'convolution' | 'activation';
  /** Pools branches of one size with one instance, or returns them as they are. */
  pool: (branches: tfl.SymbolicTensor[]) => tfl.SymbolicTensor[];
}

/** Nothing to reduce. */
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
      `${op}: pooling must be one of conv, ${poolingNames().join(', ')}, got ${JSON.stringify(pooling)}`,
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
  // Made in any case, so that a wrong configuration is an error whatever the strides.
  const layer = made(op, pooling, config);
  if (strides.every((one) => one === 1) && absentAtStrideOne) return unreduced;
  return { convStrides: [1, 1], placement, pool: (branches) => pooled(layer, branches) };
}

/** Makes a pooling. An error says that the `poolingConfig` of the called function is wrong. */
function made(op: string, pooling: string, config: PoolingConfig): tfl.layers.Layer {
  try {
    return poolingLayer(pooling, config);
  } catch (error) {
    throw new ConfigError(`${op}: poolingConfig: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * Checks a pooling at all strides before anything is made.
 *
 * @throws ConfigError as {@link reduction} does at one of the strides.
 */
export function requirePooling(
  op: string,
  strides: (number | [number, number])[],
  downsampling: Pick<Downsampling, 'pooling' | 'poolingConfig'>,
): void {
  const settings = { ...downsampling, nextSeed: () => undefined };
  for (const stride of strides) reduction(op, 'tried', stride, settings);
}

/** Each branch by itself, unless the layer makes one choice for all of them. */
function pooled(layer: tfl.layers.Layer, branches: tfl.SymbolicTensor[]): tfl.SymbolicTensor[] {
  if (branches.length > 1 && hasMember(layer, 'sharesChoice')) {
    return layer.apply(branches) as tfl.SymbolicTensor[];
  }
  return branches.map((branch) =>
    applyInOneModel(layer, () => layer.apply(branch) as tfl.SymbolicTensor),
  );
}
