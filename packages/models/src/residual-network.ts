import {
  type Checks,
  ConfigError,
  numberIn,
  oneOf,
  refuse,
  requireInteger,
  requireNumbers,
  requireObject,
  requireSize,
  requireString,
} from '@ds/checks';
import { type PoolingName, poolingLayer } from '@ds/layers';
import * as tfl from '@tensorflow/tfjs-layers';
import { ACTIVATIONS, type ActivationName, activated } from './activation.js';
import { builtWhole } from './built-whole.js';
import {
  batchNorm,
  borderOf,
  type ConvolutionPadding,
  type ConvolutionStyle,
  classifier,
  convolution,
  type Downsampling,
  padded,
  type Reduction,
  reduction,
  requirePooling,
  unreduced,
} from './convolution.js';
import { seedsOf } from './seeds.js';

/** The options of all residual networks. */
export interface ResnetOptions {
  /** [height, width, channels] of the images. */
  inputShape: [number, number, number];
  /** Number of classes ≥ 2. */
  classes: number;
  /** `'conv'` (strided convolutions) or any registered pooling. Default `'diffstride'`. */
  pooling?: 'conv' | PoolingName;
  /** Strides of [stem, stage 1, …]. Stage 1 must be 1. Default 1, 1, and 2 for later stages. */
  strides?: readonly number[];
  /** Options of the pooling without strides: smoothness, norm, … */
  poolingConfig?: Record<string, unknown>;
  /** Filters of the first stage. Each later stage doubles them. */
  width?: number;
  /** `'preact'`: pre-activation blocks (He et al. 2016b); `'original'`: post-activation (2016a). */
  variant?: 'preact' | 'original';
  /**
   * Padding of convolutions and of the stem's max-pool. Default `'same'`, TensorFlow's zeros.
   * `'symmetric'`: equal zeros on all sides, as PyTorch pads. `'circular'`: the image repeats, so
   * that the network commutes with circular shifts by multiples of its total stride. With `'aps'`
   * or `'lps'` its predictions stay the same under every circular shift. `'reflect'`: the image is
   * mirrored. Blurs take the border too, unless `poolingConfig` has its own `padding`.
   */
  padding?: ConvolutionPadding;
  /**
   * The nonlinearity after each batch norm. Default `'relu'`. `'polynomial'` is a learned
   * polynomial of degree 2 that makes no alias, and `'upsampled-relu'` is a ReLU with little alias
   * (Michaeli et al., CVPR 2023). With `'polynomial'`, `padding: 'circular'` and a pooling that
   * removes all alias, such as `'flc'`, predictions stay the same under circular shifts by
   * fractions of a pixel. Use the polynomial with variant `'preact'`: in `'original'` it also
   * squares sums without a batch norm, which may overflow. Before training, predictions overflow
   * in both, since the moving averages of batch norm are still 0 and 1. `recomputeStatistics` of
   * `@ds/train` sets them from images.
   */
  activation?: ActivationName;
  /** L2 penalty on kernels, in the model's losses. Default 0. */
  weightDecay?: number;
  /** Seed of the initial weights and of the draws of random poolings. */
  seed?: number;
}

/** What all blocks of a network share. */
interface BlockStyle extends ConvolutionStyle {
  activation: ActivationName;
}

/** The structure of a residual network. */
export interface Architecture {
  /** The function that makes the network. Errors begin with it, and the model has this name. */
  op: string;
  stages: number;
  /** Residual blocks of two 3×3 convolutions in each stage. */
  blocks: number;
  stem: Stem;
}

/** The layers before the first stage. {@link stemPool} has the pooling at their end. */
export type Stem = 'cifar' | 'imagenet' | 'antialiased';

/**
 * Makes a residual network with any downsampling, from images to logits. `resnet18` describes its
 * parts.
 *
 * @throws ConfigError on options out of range.
 */
export function residualNetwork(
  architecture: Architecture,
  options: ResidualOptions,
): tfl.LayersModel {
  return builtWhole(() => buildNetwork(architecture, options));
}

type ResidualOptions = ResnetOptions & Required<Pick<ResnetOptions, 'width' | 'variant'>>;

function buildNetwork(
  { op, stages, blocks, stem }: Architecture,
  options: ResidualOptions,
): tfl.LayersModel {
  const { inputShape, classes, width, variant, pooling = 'diffstride', seed } = options;
  const { weightDecay = 0, poolingConfig = {}, padding = 'same', activation = 'relu' } = options;
  const strides = options.strides ?? Array.from({ length: stages + 1 }, (_, i) => (i < 2 ? 1 : 2));
  requireShapes(op, stages, inputShape, strides);
  requirePooling(op, strides, { pooling, poolingConfig, padding });
  if (stem === 'antialiased') requireBlur(op, pooling);
  const seeds = seedsOf(seed);
  const downsampling: Downsampling = {
    pooling,
    poolingConfig,
    nextSeed: seeds.poolings,
    padding,
  };
  const style: BlockStyle = { weightDecay, nextSeed: seeds.kernels, padding, activation };
  const input = tfl.input({ shape: inputShape, name: 'image' });
  const isActivated = variant === 'original';

  const reduce = reduction(
    op,
    'stem.pool',
    strides[0]!,
    stem === 'antialiased' ? { ...downsampling, pooling: 'conv' } : downsampling,
  );
  const kernelSize = stem === 'cifar' ? 3 : 7;
  let x = convolution(input, 'stem.conv', width, kernelSize, reduce.convStrides, style);
  // A pre-activation stem has no activation, so its pooling follows the convolution.
  const poolsLate = isActivated && reduce.placement === 'activation';
  if (!poolsLate) x = reduce.pool([x])[0]!;
  if (isActivated) x = activated(batchNorm(x, 'stem.bn'), 'stem.relu', activation);
  if (poolsLate) x = reduce.pool([x])[0]!;
  x = stemPool(x, stem, isActivated, downsampling, padding);

  const block = isActivated ? originalBlock : preactBlock;
  for (let stage = 1; stage <= stages; stage++) {
    const filters = width * 2 ** (stage - 1);
    for (let index = 0; index < blocks; index++) {
      const name = `stage${stage}.block${index}`;
      const projects = stage > 1 && index === 0;
      const reduces = projects
        ? reduction(op, `${name}.pool`, strides[stage]!, downsampling)
        : null;
      x = block(x, name, filters, reduces, style);
    }
  }

  if (!isActivated) x = activated(batchNorm(x, 'final.bn'), 'final.relu', activation);
  const pooled = tfl.layers
    .globalAveragePooling2d({ name: 'average' })
    .apply(x) as tfl.SymbolicTensor;
  const logits = classifier(pooled, 'dense', classes, style);
  return tfl.model({ name: op, inputs: input, outputs: logits });
}

/**
 * The pooling at the end of a stem. `'imagenet'`: the maximum of 3×3 pixels at stride 2.
 * `'antialiased'`: the maximum of 2×2 pixels at stride 1, then a blur at stride 2 (Zhang 2019).
 */
function stemPool(
  x: tfl.SymbolicTensor,
  stem: Stem,
  isActivated: boolean,
  { poolingConfig }: Downsampling,
  padding: ConvolutionPadding,
): tfl.SymbolicTensor {
  if (stem === 'cifar') return x;
  const name = 'stem.maxpool';
  if (stem === 'antialiased') {
    const border = borderOf(padding);
    const config = { ...(border && { padding: border }), ...poolingConfig, name };
    const pool = poolingLayer('max-blur', { ...config, strides: [2, 2] });
    return pool.apply(x) as tfl.SymbolicTensor;
  }
  const pool = (pooled: tfl.SymbolicTensor, of: string, poolSize: number, strides: number) =>
    tfl.layers
      .maxPooling2d({ name: of, poolSize, strides, padding: 'same' })
      .apply(pooled) as tfl.SymbolicTensor;
  if (padding === 'same') return pool(x, name, 3, 2);
  if (!isActivated && padding === 'symmetric') {
    // Values may be negative, so zeros around them would be the maximum.
    return pool(pool(x, `${name}.dense`, 3, 1), name, 1, 2);
  }
  return tfl.layers
    .maxPooling2d({ name, poolSize: 3, strides: 2, padding: 'valid' })
    .apply(padded(x, name, 3, padding)) as tfl.SymbolicTensor;
}

/** @throws ConfigError if the pooling is not `'blur'`, whose options the stem's pooling takes. */
function requireBlur(op: string, pooling: string): void {
  if (pooling === 'blur') return;
  throw new ConfigError(
    `${op}: pooling must be 'blur' with stem 'antialiased', got ${JSON.stringify(pooling)}`,
  );
}

function preactBlock(
  x: tfl.SymbolicTensor,
  name: string,
  filters: number,
  reduces: Reduction | null,
  style: BlockStyle,
): tfl.SymbolicTensor {
  const { convStrides } = reduces ?? unreduced;
  let y = activated(batchNorm(x, `${name}.bn1`), `${name}.relu1`, style.activation);
  y = convolution(y, `${name}.conv1`, filters, 3, convStrides, style);
  let shortcut = reduces ? projection(x, name, filters, convStrides, style) : x;
  [y, shortcut] = reduced([y, shortcut], reduces, (branch) =>
    activated(batchNorm(branch, `${name}.bn2`), `${name}.relu2`, style.activation),
  );
  y = convolution(y, `${name}.conv2`, filters, 3, [1, 1], style);
  return sum([y, shortcut], name);
}

function originalBlock(
  x: tfl.SymbolicTensor,
  name: string,
  filters: number,
  reduces: Reduction | null,
  style: BlockStyle,
): tfl.SymbolicTensor {
  const { convStrides } = reduces ?? unreduced;
  let y = convolution(x, `${name}.conv1`, filters, 3, convStrides, style);
  let shortcut = reduces ? projection(x, name, filters, convStrides, style) : x;
  [y, shortcut] = reduced([y, shortcut], reduces, (branch) =>
    activated(batchNorm(branch, `${name}.bn1`), `${name}.relu1`, style.activation),
  );
  y = batchNorm(convolution(y, `${name}.conv2`, filters, 3, [1, 1], style), `${name}.bn2`);
  if (reduces) shortcut = batchNorm(shortcut, `${name}.shortcut.bn`);
  return activated(sum([y, shortcut], name), `${name}.relu2`, style.activation);
}

/** Pools both branches. The main branch is activated before or after. */
function reduced(
  [main, shortcut]: [tfl.SymbolicTensor, tfl.SymbolicTensor],
  reduces: Reduction | null,
  activate: (branch: tfl.SymbolicTensor) => tfl.SymbolicTensor,
): [tfl.SymbolicTensor, tfl.SymbolicTensor] {
  if (!reduces) return [activate(main), shortcut];
  const late = reduces.placement === 'activation';
  const [y, s] = reduces.pool([late ? activate(main) : main, shortcut]);
  return [late ? y! : activate(y!), s!];
}

/** The 1×1 convolution on the shortcut of a block that changes sizes or filters. */
function projection(
  x: tfl.SymbolicTensor,
  name: string,
  filters: number,
  strides: [number, number],
  style: ConvolutionStyle,
): tfl.SymbolicTensor {
  return convolution(x, `${name}.shortcut`, filters, 1, strides, style);
}

function sum(branches: tfl.SymbolicTensor[], name: string): tfl.SymbolicTensor {
  return tfl.layers.add({ name: `${name}.add` }).apply(branches) as tfl.SymbolicTensor;
}

/** Upper bounds of the filters of the first stage, and of the classes. */
const WIDEST = 1024;
export const MOST_CLASSES = 2 ** 20;

export const checkPadding = oneOf('same', 'symmetric', 'circular', 'reflect');

/** The checks of {@link ResnetOptions}. `requireShapes` has more rules for shapes and strides. */
export const RESNET_CHECKS: Checks<ResnetOptions> = {
  inputShape: requireNumberList,
  classes: (op, name, value) => requireSize(op, name, value, 2, MOST_CLASSES),
  pooling: requireString,
  strides: requireNumberList,
  poolingConfig: requireObject,
  width: (op, name, value) => requireSize(op, name, value, 1, WIDEST),
  variant: oneOf('preact', 'original'),
  padding: checkPadding,
  activation: oneOf(...ACTIVATIONS),
  weightDecay: numberIn(0),
  seed: requireInteger,
};

/** @throws ConfigError if a value is not a plain array of numbers. */
export function requireNumberList(op: string, name: string, value: unknown): void {
  if (!Array.isArray(value)) refuse(op, name, 'be a plain array', value);
  for (const one of value) {
    if (typeof one !== 'number') refuse(op, name, 'hold numbers', value);
  }
}

/** @throws ConfigError if a value is not a plain array of numbers or of pairs of numbers. */
export function requireNumbersOrPairs(op: string, name: string, value: unknown): void {
  if (!Array.isArray(value)) refuse(op, name, 'be a plain array', value);
  for (const one of [value].flat(2)) {
    if (typeof one !== 'number') refuse(op, name, 'hold numbers', value);
  }
}

function requireShapes(
  op: string,
  stages: number,
  inputShape: readonly number[],
  strides: readonly number[],
): void {
  requireImageShape(op, inputShape);
  requireStageStrides(op, stages, strides);
  if (strides[1] !== 1) {
    throw new ConfigError(
      `${op}: strides[1] must be 1, since stage 1 has no projection, got ${strides[1]}`,
    );
  }
}

/** @throws ConfigError if a shape is not [height, width, channels]. */
export function requireImageShape(op: string, inputShape: readonly number[]): void {
  const positive = (n: number) => Number.isInteger(n) && n >= 1;
  if (inputShape.length !== 3 || !inputShape.every(positive)) {
    throw new ConfigError(
      `${op}: inputShape must be [height, width, channels], integers >= 1, got [${inputShape}]`,
    );
  }
  requireNumbers(op, 'inputShape', inputShape, 3, requireSize);
}

/** @throws ConfigError if strides are not numbers >= 1, one for the stem and one for each stage. */
export function requireStageStrides(op: string, stages: number, strides: readonly number[]): void {
  const fail = (rule: string): never => {
    throw new ConfigError(`${op}: strides must be ${rule}, got [${strides.join(', ')}]`);
  };
  if (strides.length !== stages + 1) {
    fail(`${stages + 1} numbers [stem, stage 1 … stage ${stages}]`);
  }
  if (strides.some((stride) => !(Number.isFinite(stride) && stride >= 1))) fail('>= 1');
}
