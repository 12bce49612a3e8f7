import {
  type Checks,
  ConfigError,
  numberIn,
  oneOf,
  requireInteger,
  requireObject,
  requireOptions,
  requireSize,
  requireString,
} from '@ds/checks';
import {
  type FractionalMaxPool,
  type PoolingName,
  partnerUpsampling,
  type UpsamplingConfigs,
  type UpsamplingName,
  upsamplingLayer,
  upsamplingNames,
} from '@ds/layers';
import * as tfl from '@tensorflow/tfjs-layers';
import { builtWhole } from './built-whole.js';
import {
  batchNorm,
  borderOf,
  type ConvolutionPadding,
  type ConvolutionStyle,
  convolution,
  reduction,
  relu,
  requirePooling,
} from './convolution.js';
import {
  checkPadding,
  MOST_CLASSES,
  requireImageShape,
  requireNumberList,
  requireNumbersOrPairs,
} from './residual-network.js';
import { seedsOf } from './seeds.js';

/** Options of {@link unet}. */
export interface UnetOptions {
  /** [height, width, channels] of the images. */
  inputShape: [number, number, number];
  /** Number of classes of each pixel, ≥ 2. */
  classes: number;
  /** Filters of the first level. Each deeper level doubles them. Default 16. */
  width?: number;
  /** Number of poolings, 1 … 8. Default 3. */
  depth?: number;
  /** `'conv'` (strided convolutions) or any registered pooling. Default `'diffstride'`. */
  pooling?: 'conv' | PoolingName;
  /** Strides of each pooling, one number or [S_h, S_w] per level. Default 2. */
  strides?: readonly (number | readonly [number, number])[];
  /** Options of the pooling without strides: smoothness, norm, … */
  poolingConfig?: Record<string, unknown>;
  /** The upsampling of the decoder. Default: the partner of the pooling. */
  upsampling?: UpsamplingName;
  /** Options of the upsampling without strides: filterSize, norm, … */
  upsamplingConfig?: Record<string, unknown>;
  /** Padding of convolutions, as in `resnet18`. Default `'same'`. */
  padding?: ConvolutionPadding;
  /** L2 penalty on kernels, in the model's losses. Default 0. */
  weightDecay?: number;
  /** Seed of the initial weights and of the draws of random poolings. */
  seed?: number;
}

/** The largest number of poolings, and of filters in the first level. */
const DEEPEST = 8;
const WIDEST = 1024;

const UNET_CHECKS: Checks<UnetOptions> = {
  inputShape: requireNumberList,
  classes: (op, name, value) => requireSize(op, name, value, 2, MOST_CLASSES),
  width: (op, name, value) => requireSize(op, name, value, 1, WIDEST),
  depth: (op, name, value) => requireSize(op, name, value, 1, DEEPEST),
  pooling: requireString,
  strides: requireNumbersOrPairs,
  poolingConfig: requireObject,
  upsampling: oneOf(...upsamplingNames()),
  upsamplingConfig: requireObject,
  padding: checkPadding,
  weightDecay: numberIn(0),
  seed: requireInteger,
};

/**
 * U-Net for segmentation (Ronneberger, Fischer & Brox, MICCAI 2015, arXiv 1505.04597), with any
 * pooling and the upsampling that reverses it. It returns logits for each pixel.
 *
 * A level has two 3×3 convolutions, each with batch norm and ReLU. The encoder pools after each of
 * its `depth` levels. The decoder reduces the channels by a 1×1 convolution, upsamples **to the
 * size of the encoder's map**, concatenates both, and convolves. So all sizes fit, also odd ones. A
 * 1×1 convolution with bias gives the logits. Kernels start He-normal.
 *
 * Each upsampling gets the map that its partner pooled. Spectral upsampling thus follows the
 * learned strides of DiffStride, and takes its `norm`. Unpooling replays the regions of a
 * fractional pooling, and polyphase upsampling the grid that `'aps'` or `'lps'` chose. With
 * `padding: 'circular'` a network with `'aps'` or `'lps'` is equivariant to all circular shifts, if
 * the sides are multiples of the product of all strides.
 *
 * Differences from the paper: padded convolutions keep the size, there is batch norm, `width` is 16
 * instead of 64, and `depth` 3 instead of 4. The channels fall before the upsampling, as in SegNet,
 * since unpooling needs equal channels. With `upsampling: 'transposed'` a transposed convolution
 * with a kernel as large as its strides replaces both. Its result is cropped at the end.
 *
 * Shapes: `[batch, height, width, channels]` → logits `[batch, height, width, classes]`.
 *
 * @throws ConfigError if classes is not an integer ≥ 2, strides are not `depth` numbers or
 *   pairs ≥ 1, the pooling is not registered, the upsampling does not suit the pooling, its sizes
 *   or its strides, or another option is out of its range.
 */
export function unet(options: UnetOptions): tfl.LayersModel {
  return builtWhole(() => buildUnet(options));
}

function buildUnet(options: UnetOptions): tfl.LayersModel {
  const op = 'unet';
  requireOptions<UnetOptions>(op, 'options', options, UNET_CHECKS, ['inputShape', 'classes']);
  const { inputShape, classes, width = 16, depth = 3, pooling = 'diffstride', seed } = options;
  const { weightDecay = 0, padding = 'same' } = options;
  const upsampling = options.upsampling ?? partnerUpsampling(pooling);
  const strides = (options.strides ?? Array.from({ length: depth }, () => 2)).map(pairOf);
  requireImageShape(op, inputShape);
  requireStrides(op, depth, strides);
  requirePartner(op, pooling, upsampling);
  requireIntegers(op, upsampling, strides);
  const poolingConfig = {
    ...options.poolingConfig,
    ...(takesChoice(upsampling) && { returnsChoice: true }),
  };
  requirePooling(op, strides, { pooling, poolingConfig, padding });
  const seeds = seedsOf(seed);
  const downsampling = { pooling, poolingConfig, nextSeed: seeds.poolings, padding };
  const style: ConvolutionStyle = { weightDecay, nextSeed: seeds.kernels, padding };
  const kernel = {
    kernelInitializer: () => tfl.initializers.heNormal({ seed: style.nextSeed() }),
    kernelRegularizer: weightDecay > 0 ? tfl.regularizers.l2({ l2: weightDecay }) : undefined,
  };

  const input = tfl.input({ shape: inputShape, name: 'image' });
  const levels: Level[] = [];
  let x: tfl.SymbolicTensor = input;
  let convStrides: [number, number] = [1, 1];
  for (let level = 0; level < depth; level++) {
    const name = `encoder${level + 1}`;
    const skip = block(x, name, width * 2 ** level, convStrides, style);
    const reduce = reduction(op, `${name}.pool`, strides[level]!, downsampling);
    const [pooled, choice] = reduce.pool([skip]).flat() as [
      tfl.SymbolicTensor,
      tfl.SymbolicTensor?,
    ];
    convStrides = reduce.convStrides;
    const isReduced = pooled !== skip || convStrides.some((stride) => stride > 1);
    const pool = pooled === skip ? null : pooled.sourceLayer;
    levels.push({ skip, pool, choice, strides: isReduced ? strides[level]! : null });
    x = pooled;
  }
  x = block(x, 'bottom', width * 2 ** depth, convStrides, style);
  for (let level = depth - 1; level >= 0; level--) {
    const name = `decoder${level + 1}`;
    const filters = width * 2 ** level;
    const at = levels[level]!;
    if (at.strides && upsampling === 'transposed') {
      const config = { name: `${name}.up`, kernelSize: at.strides, strides: at.strides };
      const layer = upsamplingLayer('transposed', {
        ...{ padding: 'same', useBias: false, ...options.upsamplingConfig, ...config, filters },
        ...{ ...kernel, kernelInitializer: kernel.kernelInitializer() },
      });
      x = cropped(op, layer.apply(x) as tfl.SymbolicTensor, at.skip, name);
    } else {
      x = convolution(x, `${name}.reduce`, filters, 1, [1, 1], style);
      if (at.strides && upsampling !== 'transposed') {
        x = expanded(x, `${name}.up`, upsampling, at.strides, at, options);
      }
    }
    x = tfl.layers
      .concatenate({ name: `${name}.concat` })
      .apply([at.skip, x]) as tfl.SymbolicTensor;
    x = block(x, name, filters, [1, 1], style);
  }
  const logits = tfl.layers
    .conv2d({
      name: 'logits',
      filters: classes,
      kernelSize: 1,
      ...{ ...kernel, kernelInitializer: kernel.kernelInitializer() },
    })
    .apply(x) as tfl.SymbolicTensor;
  return tfl.model({ name: op, inputs: input, outputs: logits });
}

/** What the decoder needs of one level of the encoder. */
interface Level {
  /** The map before the pooling. */
  skip: tfl.SymbolicTensor;
  /** The pooling, or `null` for a strided convolution or no pooling. */
  pool: tfl.layers.Layer | null;
  /** The choice of a polyphase pooling. */
  choice: tfl.SymbolicTensor | undefined;
  /** The strides, or `null` if the level is not reduced. */
  strides: [number, number] | null;
}

/** Two 3×3 convolutions, each with batch norm and ReLU. */
function block(
  x: tfl.SymbolicTensor,
  name: string,
  filters: number,
  strides: [number, number],
  style: ConvolutionStyle,
): tfl.SymbolicTensor {
  const step = (of: tfl.SymbolicTensor, index: number, by: [number, number]) => {
    const y = convolution(of, `${name}.conv${index}`, filters, 3, by, style);
    return relu(batchNorm(y, `${name}.bn${index}`), `${name}.relu${index}`);
  };
  return step(step(x, 1, strides), 2, [1, 1]);
}

/** Upsamples a map to the size of the encoder's map. */
function expanded(
  x: tfl.SymbolicTensor,
  name: string,
  upsampling: Exclude<UpsamplingName, 'transposed'>,
  strides: [number, number],
  { skip, pool, choice }: Level,
  { upsamplingConfig = {}, padding, pooling = 'diffstride' }: UnetOptions,
): tfl.SymbolicTensor {
  const layerOf = <Name extends UpsamplingName>(config: Partial<UpsamplingConfigs[Name]>) => {
    try {
      const whole = { ...config, ...upsamplingConfig, name } as UpsamplingConfigs[Name];
      return upsamplingLayer(upsampling as Name, whole);
    } catch (error) {
      const { message } = error as Error;
      throw new ConfigError(`unet: upsamplingConfig: ${message}`, { cause: error });
    }
  };
  const toSkip = (layer: tfl.layers.Layer) => layer.apply([x, skip]) as tfl.SymbolicTensor;
  switch (upsampling) {
    case 'spectral': {
      // The norm of the pooling, or 'forward', which keeps means, if the pooling has none.
      const norm = (pool?.getConfig().norm ?? 'forward') as UpsamplingConfigs['spectral']['norm'];
      return toSkip(layerOf<'spectral'>({ norm }));
    }
    case 'blur': {
      requireRoundedUp(x, skip, strides, pooling);
      const border = borderOf(padding);
      return toSkip(layerOf<'blur'>({ strides, ...(border && { padding: border }) }));
    }
    case 'fractional':
      return toSkip(layerOf<'fractional'>({ partner: pool as FractionalMaxPool }));
    case 'aps':
    case 'lps':
      return layerOf<'aps'>({ strides }).apply([x, choice!, skip]) as tfl.SymbolicTensor;
    case 'nearest':
    case 'bilinear':
      return toSkip(layerOf<'nearest'>({}));
  }
}

/** Crops a map at its end to the size of the encoder's map. */
function cropped(
  op: string,
  x: tfl.SymbolicTensor,
  skip: tfl.SymbolicTensor,
  name: string,
): tfl.SymbolicTensor {
  const beyond = [1, 2].map((axis) => {
    const [size, wanted] = [x.shape[axis], skip.shape[axis]];
    if (size != null && wanted != null && size >= wanted) return size - wanted;
    throw new ConfigError(
      `${op}: upsampling must be another than 'transposed' for maps of an unknown size, or for a ` +
        `pooling that does not round sizes up, got maps of ${shown(x)} for ${shown(skip)}`,
    );
  });
  if (beyond.every((size) => size === 0)) return x;
  return tfl.layers
    .cropping2D({ name: `${name}.crop`, cropping: beyond.map((size) => [0, size]) as never })
    .apply(x) as tfl.SymbolicTensor;
}

function shown({ shape }: tfl.SymbolicTensor): string {
  return `${shape[1] ?? 'any'}×${shape[2] ?? 'any'}`;
}

/** Whether an upsampling needs the choice of its partner. */
function takesChoice(upsampling: UpsamplingName): boolean {
  return upsampling === 'aps' || upsampling === 'lps';
}

/** @throws ConfigError if an upsampling follows its partner and the pooling is another one. */
function requirePartner(op: string, pooling: string, upsampling: UpsamplingName): void {
  const needed = takesChoice(upsampling) || upsampling === 'fractional';
  if (!needed || partnerUpsampling(pooling) === upsampling) return;
  throw new ConfigError(
    `${op}: upsampling '${upsampling}' must have its own pooling as partner, got '${pooling}'`,
  );
}

/** @throws ConfigError if an upsampling needs integer strides and gets others. */
function requireIntegers(op: string, upsampling: string, strides: [number, number][]): void {
  if (upsampling !== 'transposed' && upsampling !== 'blur') return;
  if (strides.flat().every(Number.isInteger)) return;
  throw new ConfigError(
    `${op}: strides must be integers with upsampling '${upsampling}', ` +
      `got [${strides.map((pair) => `(${pair})`).join(' ')}]`,
  );
}

/** @throws ConfigError if a map is not the encoder's map at the strides, with sizes rounded up. */
function requireRoundedUp(
  x: tfl.SymbolicTensor,
  skip: tfl.SymbolicTensor,
  strides: [number, number],
  pooling: string,
): void {
  const fits = [0, 1].every(
    (at) => x.shape[at + 1] === Math.ceil(skip.shape[at + 1]! / strides[at]!),
  );
  if (fits) return;
  throw new ConfigError(
    `unet: upsampling 'blur' must have a pooling of ceil(H/S) pixels, got '${pooling}'`,
  );
}

function pairOf(stride: number | readonly [number, number]): [number, number] {
  return typeof stride === 'number' ? [stride, stride] : [...stride];
}

function requireStrides(op: string, depth: number, strides: [number, number][]): void {
  const isPair = (pair: number[]) =>
    pair.length === 2 && pair.every((stride) => Number.isFinite(stride) && stride >= 1);
  if (strides.length === depth && strides.every(isPair)) return;
  throw new ConfigError(
    `${op}: strides must be ${depth} numbers or pairs >= 1, one per pooling, ` +
      `got [${strides.map((pair) => `(${pair})`).join(' ')}]`,
  );
}
