import * as tfl from '@tensorflow/tfjs-layers';
import {
  batchNorm,
  type ConvolutionStyle,
  convolution,
  type Downsampling,
  type Reduction,
  reduction,
  relu,
} from './convolution.js';

/** Options of {@link resnet18}. */
export interface Resnet18Options {
  /** [height, width, channels] of the images. */
  inputShape: [number, number, number];
  /** Number of classes ≥ 2. */
  classes: number;
  /** `'conv'` (strided convolutions) or any registered pooling. Default `'diffstride'`. */
  pooling?: string;
  /** Strides of [stem, stage 1 … stage 4]; stage 1 must be 1. Default [1, 1, 2, 2, 2]. */
  strides?: number[];
  /** Passed to the pooling besides its strides: smoothness, norm, … */
  poolingConfig?: Record<string, unknown>;
  /** Filters of the first stage, doubled at each later one. Default 64. */
  width?: number;
  /** `'preact'` (default): the published code's; `'original'`: post-activation, the paper's. */
  variant?: 'preact' | 'original';
  /** `'cifar'` (default): 3×3 convolution; `'imagenet'`: 7×7 and a 3×3/2 max-pool. */
  stem?: 'cifar' | 'imagenet';
  /** L2 on kernels, part of the model's losses. Default 0. */
  weightDecay?: number;
  /** Makes the initial weights reproducible. */
  seed?: number;
}

const STAGES = 4;
const BLOCKS = 2;

/**
 * ResNet-18 with any downsampling, as the papers compare them; it returns logits.
 *
 * With a pooling, every convolution that would stride runs at stride 1 and the pooling stands behind
 * it; in a projecting layer the two branches (3×3 convolution and 1×1 shortcut) share **one pooling
 * instance**, so that they keep equal sizes while its strides train. The stem has a pooling too, and
 * stage 1 none: four instances. Pre-activation (He et al. 2016; the published DiffStride network):
 * BN, ReLU, 3×3 conv, [pooling], BN, ReLU, 3×3 conv, plus the shortcut of the raw input; at the end
 * BN, ReLU, global average, dense. The original variant has BN behind each convolution, the
 * shortcut's included, and ReLU behind the sum. He-normal kernels, no convolution bias.
 *
 * Shapes: `[batch, height, width, channels]` → logits `[batch, classes]`. Any height and width.
 *
 * @throws Error if classes is not an integer ≥ 2, strides is not five numbers ≥ 1 with stage 1 at 1
 *   (it has no projection; the published code ignores the entry) and integers for `'conv'`, the
 *   pooling is not registered, or another option is out of its range.
 */
export function resnet18(options: Resnet18Options): tfl.LayersModel {
  const { inputShape, classes, variant = 'preact', stem = 'cifar', weightDecay = 0 } = options;
  const { width = 64, strides = [1, 1, 2, 2, 2], pooling = 'diffstride', seed } = options;
  requireOptions({ inputShape, classes, variant, stem, weightDecay, width, strides });
  const downsampling: Downsampling = { pooling, poolingConfig: options.poolingConfig ?? {} };
  let kernels = 0;
  const style: ConvolutionStyle = {
    weightDecay,
    nextSeed: () => (seed === undefined ? undefined : seed * 1000 + kernels++),
  };
  const input = tfl.input({ shape: inputShape, name: 'image' });
  const activated = variant === 'original';

  const stemReduction = reduction('resnet18', 'stem.pool', strides[0]!, downsampling);
  const kernelSize = stem === 'imagenet' ? 7 : 3;
  let x = stemReduction.pool(
    convolution(input, 'stem.conv', width, kernelSize, stemReduction.convStrides, style),
  );
  if (activated) x = relu(batchNorm(x, 'stem.bn'), 'stem.relu');
  if (stem === 'imagenet') {
    x = tfl.layers
      .maxPooling2d({ name: 'stem.maxpool', poolSize: 3, strides: 2, padding: 'same' })
      .apply(x) as tfl.SymbolicTensor;
  }

  const block = activated ? originalBlock : preactBlock;
  for (let stage = 1; stage <= STAGES; stage++) {
    const filters = width * 2 ** (stage - 1);
    for (let index = 0; index < BLOCKS; index++) {
      const name = `stage${stage}.block${index}`;
      const projects = stage > 1 && index === 0;
      const reduce = projects
        ? reduction('resnet18', `${name}.pool`, strides[stage]!, downsampling)
        : null;
      x = block(x, name, filters, reduce, style);
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
  return tfl.model({ name: 'resnet18', inputs: input, outputs: logits });
}

function preactBlock(
  x: tfl.SymbolicTensor,
  name: string,
  filters: number,
  reduce: Reduction | null,
  style: ConvolutionStyle,
): tfl.SymbolicTensor {
  const { convStrides, pool } = reduce ?? identity;
  let y = relu(batchNorm(x, `${name}.bn1`), `${name}.relu1`);
  y = pool(convolution(y, `${name}.conv1`, filters, 3, convStrides, style));
  y = relu(batchNorm(y, `${name}.bn2`), `${name}.relu2`);
  y = convolution(y, `${name}.conv2`, filters, 3, [1, 1], style);
  const shortcut = reduce
    ? pool(convolution(x, `${name}.shortcut`, filters, 1, convStrides, style))
    : x;
  return sum([y, shortcut], name);
}

function originalBlock(
  x: tfl.SymbolicTensor,
  name: string,
  filters: number,
  reduce: Reduction | null,
  style: ConvolutionStyle,
): tfl.SymbolicTensor {
  const { convStrides, pool } = reduce ?? identity;
  let y = pool(convolution(x, `${name}.conv1`, filters, 3, convStrides, style));
  y = relu(batchNorm(y, `${name}.bn1`), `${name}.relu1`);
  y = batchNorm(convolution(y, `${name}.conv2`, filters, 3, [1, 1], style), `${name}.bn2`);
  const shortcut = reduce
    ? batchNorm(
        pool(convolution(x, `${name}.shortcut`, filters, 1, convStrides, style)),
        `${name}.shortcut.bn`,
      )
    : x;
  return relu(sum([y, shortcut], name), `${name}.relu2`);
}

const identity: Reduction = { convStrides: [1, 1], pool: (x) => x };

function sum(branches: tfl.SymbolicTensor[], name: string): tfl.SymbolicTensor {
  return tfl.layers.add({ name: `${name}.add` }).apply(branches) as tfl.SymbolicTensor;
}

function requireOptions(
  given: Required<
    Pick<
      Resnet18Options,
      'inputShape' | 'classes' | 'variant' | 'stem' | 'weightDecay' | 'width' | 'strides'
    >
  >,
): void {
  const { inputShape, classes, variant, stem, weightDecay, width, strides } = given;
  const fail = (rule: string, value: unknown): never => {
    throw new Error(`resnet18: ${rule}, got ${value}`);
  };
  const positive = (n: number) => Number.isInteger(n) && n >= 1;
  if (!Array.isArray(inputShape) || inputShape.length !== 3 || !inputShape.every(positive)) {
    fail('inputShape must be [height, width, channels], integers >= 1', `[${inputShape}]`);
  }
  if (!Number.isInteger(classes) || classes < 2) fail('classes must be an integer >= 2', classes);
  if (!positive(width)) fail('width must be an integer >= 1', width);
  if (!Array.isArray(strides) || strides.length !== STAGES + 1) {
    fail('strides must be five numbers [stem, stage 1 … stage 4]', `[${strides.join(', ')}]`);
  }
  if (strides.some((stride) => !(Number.isFinite(stride) && stride >= 1))) {
    fail('strides must be >= 1', `[${strides.join(', ')}]`);
  }
  if (strides[1] !== 1) {
    fail('strides[1] must be 1, since stage 1 has no projection', strides[1]);
  }
  if (variant !== 'preact' && variant !== 'original') {
    fail("variant must be 'preact' or 'original'", `'${variant}'`);
  }
  if (stem !== 'cifar' && stem !== 'imagenet')
    fail("stem must be 'cifar' or 'imagenet'", `'${stem}'`);
  if (!Number.isFinite(weightDecay) || weightDecay < 0) {
    fail('weightDecay must be a finite number >= 0', weightDecay);
  }
}
