import { ConfigError, numberIn, requireInteger, requireNumber } from '@ds/checks';
import { disposeByGraph, type PoolingLayer, registerLayer } from '@ds/graph';
import {
  add,
  clone,
  keep,
  mul,
  type Scalar,
  scalar,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { type LayerArgs, requireConfig, type Shape, symbolicImage } from './layer-input.js';
import { drawSeed, weightSeed } from './layer-seed.js';
import { ModelRun } from './model-run.js';
import { imageSize } from './multiply-adds.js';
import { checkPolyphaseStrides, type Mixture, polyphaseStrides } from './polyphase.js';
import { PolyphaseLayer } from './polyphase-layer.js';
import { tipsMixingLoss, undoLoss } from './tips-losses.js';
import { mixingWeights, TIPS_CHECKS, type TipsPoolOptions, tipsFeatures } from './tips-pool.js';

/** Configuration of {@link TipsPool}. */
export interface TipsPoolConfig extends LayerArgs, TipsPoolOptions {
  /** Integer strides ≥ 1, one number for both axes. Default 2. */
  strides?: number | readonly [number, number];
  /** Factor ≥ 0 of `tipsMixingLoss` in the layer's losses. Default 0. */
  mixingLoss?: number;
  /** Factor ≥ 0 of `tipsUndoLoss` in the layer's losses. Default 0. The paper uses 0.35. */
  undoLoss?: number;
  /** Largest random shift of `undoLoss` in either direction along each axis. Default 2 pixels. */
  maxShift?: number;
  /** Seed of the initial weights and of the shifts in training. Default 0. */
  seed?: number;
}

type Options = Required<TipsPoolOptions> & {
  strides: [number, number];
  mixingLoss: number;
  undoLoss: number;
  maxShift: number;
  seed: number;
};

/** The largest random shift, in pixels. */
const FARTHEST = 2 ** 14;

/** The checks of the configuration, without those of all layers. */
const CHECKS = {
  ...TIPS_CHECKS,
  strides: checkPolyphaseStrides(2),
  mixingLoss: numberIn(0),
  undoLoss: numberIn(0),
  maxShift: (op: string, name: string, value: unknown) => {
    requireInteger(op, name, value, 0, FARTHEST);
  },
  seed: requireInteger,
};

/**
 * Translation invariant polyphase sampling as a `tf.layers` layer around `tipsPool`. Its weights
 * are `kernel` [3, 3, C, 1], which starts He-normal, and `scale` [C], which starts uniform in
 * (−1, 1).
 *
 * A list of images of one size is mixed with the same weights, which follow from the first image.
 * The published network has one mixer for each branch of a block.
 *
 * The factors `mixingLoss` and `undoLoss` add the paper's two regularizers to the layer's losses,
 * as a `kernelRegularizer` adds its own. `train` of `@ds/train` and `model.fit` include them. The
 * losses are those of the layer's last run in training, and can be read once. Both factors can be
 * set during training. The paper starts `undoLoss` after 40 % of the epochs. It also multiplies the
 * loss of the labels by 1 − 0.35. Every training step draws a new shift, which the seed determines.
 *
 * Shapes: `[batch, height, width, channels]` → `[batch, ceil(H/S_h), ceil(W/S_w), channels]`.
 *
 * Paper: Saha & Gokhale, "Improving shift invariance in convolutional neural networks with
 * translation invariant polyphase sampling", WACV 2025.
 *
 * @throws ConfigError on a bad configuration, as `tipsPool` does.
 */
export class TipsPool extends PolyphaseLayer<Options> implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>TipsPool';
  protected override readonly weighsChannels = true;
  private kernel: tfl.LayerVariable | null = null;
  private scale: tfl.LayerVariable | null = null;
  /** The losses of the last run in training, since the model last read them. */
  private pending: Scalar | null = null;
  private readonly run = new ModelRun();
  /**
   * Number of draws in training so far. Together with the seed it determines the next draw. Set it
   * to resume training.
   */
  draws = 0;

  constructor(config: TipsPoolConfig = {}) {
    requireConfig<Omit<TipsPoolConfig, keyof LayerArgs>>('TipsPool', config, CHECKS);
    const { averaging = 'phase', dataFormat = 'channelsLast', seed = 0 } = config;
    const { mixingLoss = 0, undoLoss: undo = 0, maxShift = 2 } = config;
    const strides = polyphaseStrides('TipsPool', config.strides ?? 2);
    super(config, { strides, averaging, mixingLoss, undoLoss: undo, maxShift, seed, dataFormat });
  }

  /** Factor ≥ 0 of `tipsMixingLoss`. */
  get mixingLoss(): number {
    return this.options.mixingLoss;
  }
  set mixingLoss(value: number) {
    this.options.mixingLoss = requireNumber('TipsPool', 'mixingLoss', value, 0);
  }

  /** Factor ≥ 0 of `tipsUndoLoss`. */
  get undoLoss(): number {
    return this.options.undoLoss;
  }
  set undoLoss(value: number) {
    this.options.undoLoss = requireNumber('TipsPool', 'undoLoss', value, 0);
  }

  override dispose(): ReturnType<tfl.layers.Layer['dispose']> {
    return disposeByGraph(this, () => {
      this.forgetLosses();
      return super.dispose();
    });
  }

  override call(inputs: Tensor | Tensor[], kwargs: { training?: boolean } = {}): Tensor | Tensor[] {
    // Drops the losses of an earlier run that no model read.
    if (kwargs?.training && this.run.begins(kwargs)) this.forgetLosses();
    return super.call(inputs, kwargs);
  }

  private forgetLosses(): void {
    this.pending?.dispose();
    this.pending = null;
  }

  override build(inputShape: Shape | Shape[]): void {
    const shape = symbolicImage('TipsPool', inputShape);
    const channels = shape[this.options.dataFormat === 'channelsLast' ? 3 : 1];
    if (channels == null)
      throw new ConfigError('TipsPool: the number of channels must be known, got null');
    const seedOf = (place: number) => weightSeed(this.options.seed, place);
    // He-normal with the 9 inputs of the channel's own filter. tfjs would count all channels.
    const normal = tfl.initializers.randomNormal({ stddev: Math.sqrt(2 / 9), seed: seedOf(0) });
    const uniform = tfl.initializers.randomUniform({ minval: -1, maxval: 1, seed: seedOf(1) });
    this.kernel = this.addWeight('kernel', [3, 3, channels, 1], 'float32', normal);
    this.scale = this.addWeight('scale', [channels], 'float32', uniform);
    this.addLoss(() => this.takeLoss());
    super.build(inputShape);
  }

  protected override weightChannels(): number | null {
    return this.kernel?.shape[2] ?? null;
  }

  protected mixture(_components: Tensor4D[], training: boolean, image: Tensor4D): Mixture {
    const { strides, averaging } = this.options;
    const features = tipsFeatures(image, strides, this.kernel!.read() as Tensor4D);
    const scale = this.scale!.read() as Tensor1D;
    const weights = mixingWeights(features, strides, scale, averaging);
    if (training) {
      const shift = this.drawnShift();
      const { mixingLoss, undoLoss: undo } = this.options;
      if (mixingLoss > 0) this.addPending(tipsMixingLoss(weights), mixingLoss);
      if (undo > 0) this.addPending(undoLoss(image, features, shift), undo);
    }
    return weights;
  }

  /** The shift of this step, [down, right]. */
  private drawnShift(): [number, number] {
    const { seed, maxShift } = this.options;
    const random = xoroshiro128plus(drawSeed(seed, ++this.draws));
    const draw = () => uniformInt(random, -maxShift, maxShift);
    return [draw(), draw()];
  }

  private addPending(loss: Scalar, factor: number): void {
    const before = this.pending;
    const scaled = mul(loss, scalar(factor)) as Scalar;
    this.pending = keep(before ? (add(before, scaled) as Scalar) : scaled);
    before?.dispose();
  }

  /** Returns and clears the losses of the step. */
  private takeLoss(): Scalar {
    const loss = this.pending;
    if (!loss) return scalar(0);
    // The layer kept the tensor, so that it outlives the call. The copy belongs to the caller.
    const copy = clone(loss);
    this.forgetLosses();
    return copy;
  }

  /**
   * Multiply-adds for one image: the depthwise convolution and the means of its output. The mixture
   * multiplies elementwise, which does not count. Shapes are without the batch axis.
   */
  multiplyAdds(outputShape: number[]): number {
    const { strides, dataFormat } = this.options;
    const [height, width, channels] = imageSize(outputShape, dataFormat);
    return (9 + 1) * strides[0] * strides[1] * height * width * channels;
  }
}
registerLayer(TipsPool, 'TipsPool');
