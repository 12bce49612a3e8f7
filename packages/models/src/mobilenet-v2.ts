import { ConfigError, numberIn, requireOptions } from '@ds/checks';
import * as tfl from '@tensorflow/tfjs-layers';
import { builtWhole } from './built-whole.js';
import {
  batchNorm,
  type ConvolutionStyle,
  classifier,
  convolution,
  type Downsampling,
  type Reduction,
  reduction,
  requirePooling,
  unreduced,
} from './convolution.js';
import {
  RESNET_CHECKS,
  type ResnetOptions,
  requireImageShape,
  requireStageStrides,
} from './residual-network.js';
import { seedsOf } from './seeds.js';

type Shared = 'inputShape' | 'classes' | 'pooling' | 'poolingConfig' | 'seed';

/** Options of {@link mobilenetV2}. */
export interface MobilenetV2Options extends Pick<ResnetOptions, Shared> {
  /** Strides of [stem, stage 1 … stage 7]. Default [2, 1, 2, 2, 2, 1, 2, 1]. */
  strides?: readonly number[];
  /** Width multiplier of all filters, from 0.1 to 8. Default 1. */
  width?: number;
  /** L2 penalty on kernels except depthwise ones, in the model's losses. Default 0. */
  weightDecay?: number;
}

/** The stages of table 2: expansion t, filters c and blocks n. */
const STAGES = [
  { expansion: 1, filters: 16, blocks: 1 },
  { expansion: 6, filters: 24, blocks: 2 },
  { expansion: 6, filters: 32, blocks: 3 },
  { expansion: 6, filters: 64, blocks: 4 },
  { expansion: 6, filters: 96, blocks: 3 },
  { expansion: 6, filters: 160, blocks: 3 },
  { expansion: 6, filters: 320, blocks: 1 },
];

const STEM_FILTERS = 32;
const LAST_FILTERS = 1280;

/**
 * MobileNetV2 with any downsampling (Sandler et al., "MobileNetV2: inverted residuals and linear
 * bottlenecks", 2018, table 2). It returns logits.
 *
 * A 3×3 convolution (the stem), seven stages of inverted residual blocks, a 1×1 convolution, the
 * global average, and a dense layer. A block expands its input by t with a 1×1 convolution, filters
 * each channel with a 3×3 depthwise convolution, and projects it to c filters with a 1×1
 * convolution. BN follows each convolution, and ReLU6 each but the projection. The block adds its
 * input if the stride is 1 and the filters are equal. Convolutions have no bias.
 *
 * With a pooling, the depthwise convolution of each stage with a stride above 1 runs at stride 1.
 * The pooling comes directly after it, or after its BN and ReLU6 if the pooling's traits say so. At
 * the default strides that makes four poolings. The stem is not depthwise, so it keeps
 * its stride.
 *
 * The width α scales all filters but the last 1280, which it only enlarges. A scaled number v
 * becomes `max(8, 8·floor((v + 4)/8))`, and 8 more if that is below 0.9·v, as published.
 *
 * Kernels start He-normal, with the 9 inputs of its own channel for a depthwise kernel. At α = 1,
 * 1000 classes and 224×224 pixels the strided network has 3,504,872 trained weights and 300,774,272
 * multiply-adds.
 *
 * Shapes: `[batch, height, width, channels]` → logits `[batch, classes]`. Any height and width.
 *
 * @throws ConfigError if classes is not an integer ≥ 2, strides are not eight numbers ≥ 1 (integers
 *   for the stem and for `'conv'`), the pooling is not registered, or another option is out of its
 *   range.
 */
export function mobilenetV2(options: MobilenetV2Options): tfl.LayersModel {
  return builtWhole(() => buildMobilenetV2(options));
}

function buildMobilenetV2(options: MobilenetV2Options): tfl.LayersModel {
  const op = 'mobilenetV2';
  const { variant: _, activation: __, ...checks } = RESNET_CHECKS;
  requireOptions<MobilenetV2Options>(
    op,
    'options',
    options,
    { ...checks, width: numberIn(0.1, 8) },
    ['inputShape', 'classes'],
  );
  const { inputShape, classes, pooling = 'diffstride', poolingConfig = {}, seed } = options;
  const { width = 1, weightDecay = 0, strides = [2, 1, 2, 2, 2, 1, 2, 1] } = options;
  requireImageShape(op, inputShape);
  requireStageStrides(op, STAGES.length, strides);
  const [stemStride, ...stageStrides] = strides as [number, ...number[]];
  if (!Number.isInteger(stemStride)) {
    throw new ConfigError(
      `${op}: strides[0] must be an integer, since the stem is a strided convolution, ` +
        `got ${stemStride}`,
    );
  }
  requirePooling(op, stageStrides, { pooling, poolingConfig });
  const seeds = seedsOf(seed);
  const downsampling: Downsampling = { pooling, poolingConfig, nextSeed: seeds.poolings };
  const style: ConvolutionStyle = { weightDecay, nextSeed: seeds.kernels };

  const input = tfl.input({ shape: inputShape, name: 'image' });
  const stemFilters = scaledFilters(STEM_FILTERS, width);
  let x = convolution(input, 'stem.conv', stemFilters, 3, [stemStride, stemStride], style);
  x = normalized(x, 'stem');
  STAGES.forEach(({ expansion, filters, blocks }, at) => {
    const outputs = scaledFilters(filters, width);
    for (let index = 0; index < blocks; index++) {
      const name = `stage${at + 1}.block${index}`;
      const stride = index === 0 ? stageStrides[at]! : 1;
      const reduces = stride > 1 ? reduction(op, `${name}.pool`, stride, downsampling) : null;
      x = invertedResidual(x, name, { expansion, outputs, reduces }, style);
    }
  });
  x = convolution(
    x,
    'final.conv',
    scaledFilters(LAST_FILTERS, Math.max(width, 1)),
    1,
    [1, 1],
    style,
  );
  x = normalized(x, 'final');
  const average = tfl.layers
    .globalAveragePooling2d({ name: 'average' })
    .apply(x) as tfl.SymbolicTensor;
  const logits = classifier(average, 'dense', classes, style);
  return tfl.model({ name: op, inputs: input, outputs: logits });
}

/** The filters at a width, as the published code rounds them to multiples of 8. */
function scaledFilters(filters: number, width: number): number {
  const scaled = filters * width;
  const nearest = Math.max(8, 8 * Math.floor((scaled + 4) / 8));
  return nearest < 0.9 * scaled ? nearest + 8 : nearest;
}

/** The form of an inverted residual block. */
interface Block {
  expansion: number;
  /** Filters of the projection. */
  outputs: number;
  /** The downsampling of the depthwise convolution; `null` at stride 1. */
  reduces: Reduction | null;
}

function invertedResidual(
  x: tfl.SymbolicTensor,
  name: string,
  { expansion, outputs, reduces }: Block,
  style: ConvolutionStyle,
): tfl.SymbolicTensor {
  const inputs = x.shape.at(-1)!;
  const { convStrides, placement, pool } = reduces ?? unreduced;
  let y = x;
  if (expansion > 1) {
    y = convolution(y, `${name}.expand.conv`, expansion * inputs, 1, [1, 1], style);
    y = normalized(y, `${name}.expand`);
  }
  y = depthwise(y, `${name}.depthwise.conv`, convStrides, style);
  if (placement === 'convolution') y = pool([y])[0]!;
  y = normalized(y, `${name}.depthwise`);
  if (placement === 'activation') y = pool([y])[0]!;
  y = convolution(y, `${name}.project.conv`, outputs, 1, [1, 1], style);
  y = batchNorm(y, `${name}.project.bn`);
  if (reduces || inputs !== outputs) return y;
  return tfl.layers.add({ name: `${name}.add` }).apply([y, x]) as tfl.SymbolicTensor;
}

/** A 3×3 depthwise convolution without bias, 'same' padding. */
function depthwise(
  x: tfl.SymbolicTensor,
  name: string,
  strides: [number, number],
  style: ConvolutionStyle,
): tfl.SymbolicTensor {
  const channels = x.shape.at(-1)!;
  return tfl.layers
    .depthwiseConv2d({
      name,
      kernelSize: 3,
      strides,
      padding: 'same',
      useBias: false,
      // tfjs counts all channels as inputs of a filter. It has one: He-normal is √(2/9).
      depthwiseInitializer: tfl.initializers.varianceScaling({
        scale: 2 * channels,
        mode: 'fanIn',
        distribution: 'normal',
        seed: style.nextSeed(),
      }),
    })
    .apply(x) as tfl.SymbolicTensor;
}

/** BN, then ReLU6. */
function normalized(x: tfl.SymbolicTensor, name: string): tfl.SymbolicTensor {
  return tfl.layers
    .activation({ name: `${name}.relu6`, activation: 'relu6' })
    .apply(batchNorm(x, `${name}.bn`)) as tfl.SymbolicTensor;
}
