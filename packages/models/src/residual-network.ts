import {
  type Checks,
  ConfigError,
  numberIn,
  oneOf,
  refuse,
  requireArray,
  requireInteger,
  requireNumbers,
  requireObject,
  requireSize,
  requireString,
} from '@ds/checks';
import { type PoolingName, poolingLayer } from '@ds/layers';
import * as tfl from '@tensorflow/tfjs-layers';
import {
  batchNorm,
  type ConvolutionStyle,
  convolution,
  type Downsampling,
  type Reduction,
  reduction,
  relu,
  requirePooling,
  type StridedPadding,
  unreduced,
  zeroPadded,
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
  strides?: number[];
  /** Options of the pooling without strides: smoothness, norm, … */
  poolingConfig?: Record<string, unknown>;
  /** Filters of the first stage. Each later stage doubles them. */
  width?: number;
  /** `'preact'`: pre-activation blocks (He et al. 2016b); `'original'`: post-activation (2016a). */
  variant?: 'preact' | 'original';
  /**
   * Padding of strided convolutions and of the stem's max-pool. Default `'same'`, TensorFlow's.
   * `'symmetric'` pads all sides equally, as PyTorch does.
   */
  padding?: StridedPadding;
  /** L2 penalty on kernels, in the model's losses. Default 0. */
  weightDecay?: number;
  /** Seed of the initial weights and of the draws of random poolings. */
  seed?: number;
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
  { op, stages, blocks, stem }: Architecture,
  options: ResnetOptions & Required<Pick<ResnetOptions, 'width' | 'variant'>>,
): tfl.LayersModel {
  const { inputShape, classes, width, variant, pooling = 'diffstride', seed } = options;
  const { weightDecay = 0, poolingConfig = {}, padding = 'same' } = options;
  const strides = options.strides ?? Array.from({ length: stages + 1 }, (_, i) => (i < 2 ? 1 : 2));
  requireShapes(op, stages, inputShape, strides);
  requirePooling(op, strides, { pooling, poolingConfig });
  if (stem === 'antialiased') requireBlur(op, pooling);
  const seeds = seedsOf(seed);
  const downsampling: Downsampling = { pooling, poolingConfig, nextSeed: seeds.poolings };
  const style: ConvolutionStyle = { weightDecay, nextSeed: seeds.kernels, padding };
  const input = tfl.input({ shape: inputShape, name: 'image' });
  const activated = variant === 'original';

  const reduce = reduction(
    op,
    'stem.pool',
    strides[0]!,
    stem === 'antialiased' ? { ...downsampling, pooling: 'conv' } : downsampling,
  );
  const kernelSize = stem === 'cifar' ? 3 : 7;
  let x = convolution(input, 'stem.conv', width, kernelSize, reduce.convStrides, style);
  // A pre-activation stem has no activation, so its pooling follows the convolution.
  const poolsLate = activated && reduce.placement === 'activation';
  if (!poolsLate) x = reduce.pool([x])[0]!;
  if (activated) x = relu(batchNorm(x, 'stem.bn'), 'stem.relu');
  if (poolsLate) x = reduce.pool([x])[0]!;
  x = stemPool(x, stem, activated, downsampling, padding);

  const block = activated ? originalBlock : preactBlock;
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

  if (!activated) x = relu(batchNorm(x, 'final.bn'), 'final.relu');
  const pooled = tfl.layers
    .globalAveragePooling2d({ name: 'average' })
    .apply(x) as tfl.SymbolicTensor;
  const logits = tfl.layers
    .dense({
      name: 'dense',
      units: classes,
      kernelInitializer: tfl.initializers.heNormal({ seed: style.nextSeed() }),
      kernelRegularizer: weightDecay > 0 ? tfl.regularizers.l2({ l2: weightDecay }) : undefined,
    })
    .apply(pooled) as tfl.SymbolicTensor;
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
  padding: StridedPadding,
): tfl.SymbolicTensor {
  if (stem === 'cifar') return x;
  const name = 'stem.maxpool';
  if (stem === 'antialiased') {
    const pool = poolingLayer('max-blur', { ...poolingConfig, name, strides: [2, 2] });
    return pool.apply(x) as tfl.SymbolicTensor;
  }
  const pool = (pooled: tfl.SymbolicTensor, of: string, poolSize: number, strides: number) =>
    tfl.layers
      .maxPooling2d({ name: of, poolSize, strides, padding: 'same' })
      .apply(pooled) as tfl.SymbolicTensor;
  if (padding === 'same') return pool(x, name, 3, 2);
  if (!isActivated) {
    // Values may be negative, so zeros around them would be the maximum.
    return pool(pool(x, `${name}.dense`, 3, 1), name, 1, 2);
  }
  return tfl.layers
    .maxPooling2d({ name, poolSize: 3, strides: 2, padding: 'valid' })
    .apply(zeroPadded(x, name, 3)) as tfl.SymbolicTensor;
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
  style: ConvolutionStyle,
): tfl.SymbolicTensor {
  const { convStrides } = reduces ?? unreduced;
  let y = relu(batchNorm(x, `${name}.bn1`), `${name}.relu1`);
  y = convolution(y, `${name}.conv1`, filters, 3, convStrides, style);
  let shortcut = reduces ? projection(x, name, filters, convStrides, style) : x;
  [y, shortcut] = reduced([y, shortcut], reduces, (branch) =>
    relu(batchNorm(branch, `${name}.bn2`), `${name}.relu2`),
  );
  y = convolution(y, `${name}.conv2`, filters, 3, [1, 1], style);
  return sum([y, shortcut], name);
}

function originalBlock(
  x: tfl.SymbolicTensor,
  name: string,
  filters: number,
  reduces: Reduction | null,
  style: ConvolutionStyle,
): tfl.SymbolicTensor {
  const { convStrides } = reduces ?? unreduced;
  let y = convolution(x, `${name}.conv1`, filters, 3, convStrides, style);
  let shortcut = reduces ? projection(x, name, filters, convStrides, style) : x;
  [y, shortcut] = reduced([y, shortcut], reduces, (branch) =>
    relu(batchNorm(branch, `${name}.bn1`), `${name}.relu1`),
  );
  y = batchNorm(convolution(y, `${name}.conv2`, filters, 3, [1, 1], style), `${name}.bn2`);
  if (reduces) shortcut = batchNorm(shortcut, `${name}.shortcut.bn`);
  return relu(sum([y, shortcut], name), `${name}.relu2`);
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

/** The checks of {@link ResnetOptions}. `requireShapes` has more rules for shapes and strides. */
export const RESNET_CHECKS: Checks<ResnetOptions> = {
  inputShape: requireNumbersOrPairs,
  classes: (op, name, value) => requireSize(op, name, value, 2, MOST_CLASSES),
  pooling: requireString,
  strides: requireNumbersOrPairs,
  poolingConfig: requireObject,
  width: (op, name, value) => requireSize(op, name, value, 1, WIDEST),
  variant: oneOf('preact', 'original'),
  padding: oneOf('same', 'symmetric'),
  weightDecay: numberIn(0),
  seed: requireInteger,
};

/** @throws ConfigError if a value is not a plain array of numbers or of pairs of numbers. */
export function requireNumbersOrPairs(op: string, name: string, value: unknown): void {
  requireArray(op, name, value);
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
  const fail = (rule: string, value: unknown): never => {
    throw new ConfigError(`${op}: ${rule}, got ${value}`);
  };
  const positive = (n: number) => Number.isInteger(n) && n >= 1;
  if (inputShape.length !== 3 || !inputShape.every(positive)) {
    fail('inputShape must be [height, width, channels], integers >= 1', `[${inputShape}]`);
  }
  requireNumbers(op, 'inputShape', inputShape, 3, requireSize);
  if (strides.length !== stages + 1) {
    fail(
      `strides must be ${stages + 1} numbers [stem, stage 1 … stage ${stages}]`,
      `[${strides.join(', ')}]`,
    );
  }
  if (strides.some((stride) => !(Number.isFinite(stride) && stride >= 1))) {
    fail('strides must be >= 1', `[${strides.join(', ')}]`);
  }
  if (strides[1] !== 1) {
    fail('strides[1] must be 1, since stage 1 has no projection', strides[1]);
  }
}
