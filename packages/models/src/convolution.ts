import { createPooling, type PoolingConfig } from '@ds/layers';
import * as tfl from '@tensorflow/tfjs-layers';

/** What every convolution of a network shares. */
export interface ConvolutionStyle {
  /** L2 penalty on kernels, added to the model's loss as `weightDecay · Σ w²`. */
  weightDecay: number;
  /** Seed of the next kernel; each call takes the next one, so that no two kernels are alike. */
  nextSeed: () => number | undefined;
}

/** A 2-D convolution without bias, He-normal, 'same' padding. */
export function convolution(
  x: tfl.SymbolicTensor,
  name: string,
  filters: number,
  kernelSize: number,
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
}

/** Reduces the maps of one place in the network; one instance may serve several branches. */
export interface Reduction {
  /** Strides of the convolution in front. */
  convStrides: [number, number];
  /** The pooling behind it, or nothing. */
  pool: (x: tfl.SymbolicTensor) => tfl.SymbolicTensor;
}

/** @throws Error if strides do not suit the convolution, or the pooling does not exist. */
export function reduction(
  op: string,
  name: string,
  stride: number,
  { pooling, poolingConfig }: Downsampling,
): Reduction {
  if (pooling === 'conv') {
    if (!Number.isInteger(stride)) {
      throw new Error(`${op}: strides must be integers with pooling 'conv', got ${stride}`);
    }
    return { convStrides: [stride, stride], pool: (x) => x };
  }
  const config: PoolingConfig = { ...poolingConfig, name, strides: [stride, stride] };
  const layer = createPooling(pooling, config);
  return { convStrides: [1, 1], pool: (x) => layer.apply(x) as tfl.SymbolicTensor };
}
