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
  /** Of the two places where it downsamples, both axes alike. */
  strides: [number, number];
  smoothness: number;
  seed: number;
}

/** Side of the digits it is for. */
export const DIGIT_SIDE = 32;

/** Filters of its three convolutions. */
export const FILTERS = [8, 16, 16] as const;

/** Poolings whose strides are whole numbers. */
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
]);

/** Strides as a pooling can have them. */
export function possibleStrides(pooling: string, strides: [number, number]): [number, number] {
  if (!WHOLE_STRIDES.has(pooling)) return strides;
  return strides.map((stride) => Math.max(1, Math.round(stride))) as [number, number];
}

/** Three convolutions with batch norm and ReLU, downsampling behind the first two, a mean, ten logits: small enough to learn while one looks. */
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
