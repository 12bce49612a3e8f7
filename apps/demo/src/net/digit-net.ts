import { poolingLayer } from '@ds/layers';
import {
  model as functionalModel,
  initializers,
  input,
  type LayersModel,
  layers,
} from '@tensorflow/tfjs-layers';

/** How the network for digits downsamples. */
export interface DigitNetOptions {
  /** `'conv'` (strided convolutions) or a registered pooling. */
  pooling: string;
  /** The stride of each of the two downsamplings, equal on both axes. */
  strides: [number, number];
  smoothness: number;
  seed: number;
}

/** The side of its input, in pixels. */
export const DIGIT_SIDE = 32;

/** The filters of each convolution. */
export const FILTERS = [8, 16, 16] as const;

/** Poolings that need integer strides. */
export const WHOLE_STRIDES = new Set([
  'conv',
  'blur',
  'max-blur',
  'avg-blur',
  'average',
  'max',
  'subsample',
  'aps',
  'lps',
  'tips',
]);

/** The strides, rounded where the pooling needs integers. */
export function possibleStrides(pooling: string, strides: [number, number]): [number, number] {
  if (!WHOLE_STRIDES.has(pooling)) return strides;
  return strides.map((stride) => Math.max(1, Math.round(stride))) as [number, number];
}

/**
 * A network for digits: three convolutions with batch norm and ReLU, downsampling after the first
 * two, global mean, ten logits. It is small, so that it learns within a minute or two.
 */
export function digitNet({ pooling, strides, smoothness, seed }: DigitNetOptions): LayersModel {
  const possible = possibleStrides(pooling, strides);
  const image = input({ shape: [DIGIT_SIDE, DIGIT_SIDE, 1] });
  let x = image;
  FILTERS.forEach((filters, i) => {
    const stride = i < 2 ? possible[i]! : 1;
    x = layers
      .conv2d({
        name: `conv${i + 1}`,
        filters,
        kernelSize: 3,
        padding: 'same',
        useBias: false,
        strides: pooling === 'conv' ? stride : 1,
        kernelInitializer: initializers.heNormal({ seed: 10 * seed + i + 1 }),
      })
      .apply(x) as typeof image;
    if (pooling !== 'conv' && i < 2) {
      x = poolingLayer(pooling, {
        name: `pool${i + 1}`,
        strides: [stride, stride],
        ...(pooling === 'diffstride' && { smoothness, norm: 'forward' }),
        ...(pooling === 'spectral' && { norm: 'forward' }),
      }).apply(x) as typeof image;
    }
    x = layers.batchNormalization({ name: `norm${i + 1}`, momentum: 0.9 }).apply(x) as typeof image;
    x = layers.activation({ name: `relu${i + 1}`, activation: 'relu' }).apply(x) as typeof image;
  });
  const mean = layers.globalAveragePooling2d({ name: 'mean' }).apply(x);
  const logits = layers
    .dense({
      name: 'dense',
      units: 10,
      kernelInitializer: initializers.glorotUniform({ seed: 10 * seed + 9 }),
    })
    .apply(mean) as typeof image;
  return functionalModel({ inputs: image, outputs: logits });
}
