import {
  type Checks,
  ConfigError,
  numberIn,
  requireInteger,
  requireNumbers,
  requireOptions,
  requirePositive,
  requireSize,
} from '@ds/checks';
import { DiffStride, MaskedConv2D, MaskedDepth } from '@ds/layers';
import * as tfl from '@tensorflow/tfjs-layers';
import { builtWhole } from './built-whole.js';
import { batchNorm, classifier, convolution, relu } from './convolution.js';
import { MOST_CLASSES, requireImageShape, requireNumberList } from './residual-network.js';
import { type NextSeed, seedsOf } from './seeds.js';

/** Options of {@link learnedResnet}. */
export interface LearnedResnetOptions {
  /** [height, width, channels] of the images. */
  inputShape: [number, number, number];
  /** Number of classes ≥ 2. */
  classes: number;
  /** Channels between the blocks of the first stage. Each later stage doubles them. Default 16. */
  width?: number;
  /** Number of stages. A DiffStride is before each but the first. Default 3. */
  stages?: number;
  /** The largest number of blocks in a stage. Default 3. */
  blocks?: number;
  /** The largest kernel, odd. Default 7. */
  kernelSize?: number;
  /** The largest number of channels inside a block, relative to those between. Default 2. */
  expansion?: number;
  /** Initial kernel size, in taps. Default 3. */
  initialKernelSize?: number;
  /** Initial channels inside a block, relative to those between. Default 1. */
  initialExpansion?: number;
  /** Initial number of blocks in a stage. Default 2, or `blocks` if that is less. */
  initialDepth?: number;
  /** Initial strides, one for each stage but the first. Default 2. */
  strides?: readonly number[];
  /** Width R of the ramp of the DiffStrides, in bins. Default 2. */
  smoothness?: number;
  /** Seed of the initial weights. */
  seed?: number;
}

const CHECKS: Checks<LearnedResnetOptions> = {
  inputShape: (op, name, value) => {
    requireNumberList(op, name, value);
    requireImageShape(op, value as number[]);
  },
  classes: (op, name, value) => requireSize(op, name, value, 2, MOST_CLASSES),
  width: (op, name, value) => requireSize(op, name, value, 1, 1024),
  stages: (op, name, value) => requireSize(op, name, value, 1, 6),
  blocks: (op, name, value) => requireSize(op, name, value, 1, 64),
  kernelSize: (op, name, value) => {
    requireSize(op, name, value, 1, 63);
    if ((value as number) % 2 === 0) {
      throw new ConfigError(`${op}: ${name} must be odd, got ${value}`);
    }
  },
  expansion: (op, name, value) => requireSize(op, name, value, 1, 64),
  initialKernelSize: numberIn(1),
  initialExpansion: requirePositive,
  initialDepth: numberIn(1),
  strides: (op, name, value) => {
    requireNumbers(op, name, value, (value as number[])?.length, numberIn(1));
  },
  smoothness: numberIn(0),
  seed: requireInteger,
};

/**
 * A residual network whose four kinds of size learn together with the weights, as in DNArch (Romero
 * & Zeghidour 2023): the kernel of each convolution, the width of each block, the number of blocks
 * of each stage, and the strides between stages. It returns logits. `budgetLoss` draws its cost to
 * a budget, and `sizeReport` lists the sizes.
 *
 *     stem:   3×3 convolution
 *     stage:  [DiffStride, 1×1 convolution], MaskedDepth of the blocks
 *     block:  BN, ReLU, MaskedConv2D (kernel and width), ReLU, MaskedConv2D (kernel)
 *     head:   BN, ReLU, global average, dense
 *
 * A block has one batch norm, since one after the learned width would divide its mask out again.
 *
 * Where it differs from the paper: kernels are weights and not continuous functions. The channels
 * between the blocks are fixed, since all blocks of a stage share them. The strides are those of
 * DiffStride at fixed positions. A stride of 1 removes one of them.
 *
 * Shapes: `[batch, height, width, channels]` → logits `[batch, classes]`.
 *
 * @throws ConfigError if an option is out of its range, or an initial size is above the largest.
 */
export function learnedResnet(options: LearnedResnetOptions): tfl.LayersModel {
  return builtWhole(() => buildLearnedResnet(options));
}

function buildLearnedResnet(options: LearnedResnetOptions): tfl.LayersModel {
  requireOptions<LearnedResnetOptions>('learnedResnet', 'options', options, CHECKS, [
    'inputShape',
    'classes',
  ]);
  const { inputShape, classes, width = 16, stages = 3, blocks = 3, seed } = options;
  const { kernelSize = 7, expansion = 2, initialExpansion = 1, smoothness = 2 } = options;
  const { initialKernelSize = Math.min(3, kernelSize) } = options;
  const { initialDepth = Math.min(2, blocks) } = options;
  const strides = options.strides ?? Array.from({ length: stages - 1 }, () => 2);
  requireAtMost('initialKernelSize', initialKernelSize, 'kernelSize', kernelSize);
  requireAtMost('initialExpansion', initialExpansion, 'expansion', expansion);
  requireAtMost('initialDepth', initialDepth, 'blocks', blocks);
  if (strides.length !== stages - 1) {
    throw new ConfigError(
      `learnedResnet: strides must be ${stages - 1} numbers, one for each stage but the first, ` +
        `got [${strides.join(', ')}]`,
    );
  }
  const { kernels } = seedsOf(seed);
  const style = { weightDecay: 0, nextSeed: kernels };
  const input = tfl.input({ shape: inputShape, name: 'image' });
  let x = convolution(input, 'stem.conv', width, 3, [1, 1], style);
  for (let stage = 1; stage <= stages; stage++) {
    const name = `stage${stage}`;
    const channels = width * 2 ** (stage - 1);
    if (stage > 1) {
      const stride = strides[stage - 2]!;
      const pool = new DiffStride({
        name: `${name}.pool`,
        strides: stride,
        smoothness,
        norm: 'forward',
        alignment: 'symmetric',
      });
      x = pool.apply(x) as tfl.SymbolicTensor;
      x = convolution(x, `${name}.conv`, channels, 1, [1, 1], style);
    }
    const depth = new MaskedDepth({
      name: `${name}.depth`,
      initialDepth,
      blocks: Array.from({ length: blocks }, (_, index) =>
        block(`${name}.block${index}`, {
          channels,
          largest: expansion * channels,
          initial: Math.max(1, initialExpansion * channels),
          kernelSize,
          initialKernelSize,
          nextSeed: kernels,
        }),
      ),
    });
    x = depth.apply(x) as tfl.SymbolicTensor;
  }
  x = relu(batchNorm(x, 'final.bn'), 'final.relu');
  x = tfl.layers.globalAveragePooling2d({ name: 'final.pool' }).apply(x) as tfl.SymbolicTensor;
  const logits = classifier(x, 'logits', classes, { weightDecay: 0, nextSeed: kernels });
  return tfl.model({
    name: 'learnedResnet',
    inputs: input,
    outputs: logits,
  });
}

interface BlockSizes {
  /** Channels of input and output. */
  channels: number;
  /** Channels inside the block, at most and initially. */
  largest: number;
  initial: number;
  kernelSize: number;
  initialKernelSize: number;
  nextSeed: NextSeed;
}

/** A residual branch for images of any size. */
function block(name: string, sizes: BlockSizes): tfl.LayersModel {
  const { channels, largest, initial, kernelSize, initialKernelSize, nextSeed } = sizes;
  const input = tfl.input({ shape: [null, null, channels], name: `${name}.input` });
  const masked = (x: tfl.SymbolicTensor, part: string, config: object, filters: number) => {
    const seed = nextSeed();
    const layer = new MaskedConv2D({
      name: `${name}.${part}`,
      filters,
      kernelSize,
      initialKernelSize,
      ...(seed === undefined ? {} : { seed }),
      ...config,
    });
    return layer.apply(x) as tfl.SymbolicTensor;
  };
  let y = relu(batchNorm(input, `${name}.bn`), `${name}.relu1`);
  y = masked(y, 'conv1', { initialFilters: initial }, largest);
  y = relu(y, `${name}.relu2`);
  y = masked(y, 'conv2', { learnsWidth: false, inputChannels: largest }, channels);
  return tfl.model({ name, inputs: input, outputs: y });
}

function requireAtMost(name: string, value: number, of: string, largest: number): void {
  if (value <= largest) return;
  throw new ConfigError(`learnedResnet: ${name} must be <= ${of} (${largest}), got ${value}`);
}
