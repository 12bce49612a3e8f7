import { ConfigError } from '@ds/checks';
import { type PoolingLayer, plainClassName } from '@ds/graph';
import { type Tensor, type Tensor1D, type Tensor2D, tidy } from '@tensorflow/tfjs-core';
import { type DataFormat, fromChannelsLast, requireImage, toChannelsLast } from './data-format.js';
import { requireChannels, type Shape, symbolicImage, written } from './layer-input.js';
import {
  choiceWeights,
  type Mixture,
  mixComponents,
  polyphaseComponents,
  polyphaseSize,
} from './polyphase.js';
import { StaticPoolLayer } from './static-pool-layer.js';

/** The part that the layers with polyphase components share. */
export abstract class PolyphaseLayer<
    Options extends { dataFormat?: DataFormat; strides: number[]; returnsChoice?: boolean },
  >
  extends StaticPoolLayer<Options, Tensor>
  implements PoolingLayer
{
  /** See `PoolingLayer` of `@ds/graph`. */
  readonly sharesChoice = true;

  /** Whether the mixture has weights for each channel, so that all images need equal channels. */
  protected readonly weighsChannels: boolean = false;

  /** The channels of the image that its weights suit. Null without weights. */
  protected weightChannels(): number | null {
    return null;
  }

  /** Chooses one component of an image with channels last, or weights all of them. */
  protected abstract mixture(components: Tensor[], training: boolean, image: Tensor): Mixture;

  /** The image that a mixture makes of its components. */
  protected mixed(components: Tensor[], mixture: Mixture): Tensor {
    return mixComponents(components, mixture);
  }

  protected pool(image: Tensor): Tensor {
    return this.poolTogether([image], false)[0]!;
  }

  protected axisSize(size: number, axis: number): number {
    return polyphaseSize(size, this.options.strides[axis]!);
  }

  override call(inputs: Tensor | Tensor[], kwargs: { training?: boolean } = {}): Tensor | Tensor[] {
    const images = [inputs].flat();
    return tidy(() => {
      const outputs = this.poolTogether(images, kwargs?.training === true);
      return outputs.length === 1 ? outputs[0]! : outputs;
    });
  }

  /** The pooled images, and the choice if the layer returns it. */
  private poolTogether(images: Tensor[], training: boolean): Tensor[] {
    const { strides, dataFormat = 'channelsLast', returnsChoice = false } = this.options;
    for (const image of images) requireImage(plainClassName(this), image, this.spatialRank);
    this.requireAlike(images.map(({ shape }) => shape));
    let mixture: Mixture | null = null;
    const pooled = images.map((image) => {
      const channelsLast = toChannelsLast(image, dataFormat);
      const components = polyphaseComponents(channelsLast, strides);
      mixture ??= this.mixture(components, training, channelsLast);
      return fromChannelsLast(this.mixed(components, mixture), dataFormat);
    });
    if (!returnsChoice) return pooled;
    // No layer with this option weights single channels.
    const choice = mixture as Mixture | null as Tensor1D | Tensor2D;
    return [...pooled, choiceWeights(choice, this.componentCount)];
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    const shapes = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as Shape[];
    const images = shapes.map((shape) =>
      symbolicImage(plainClassName(this), shape, this.spatialRank),
    );
    this.requireAlike(images);
    const pooled = images.map((shape) => this.pooledShape(shape));
    if (this.options.returnsChoice) pooled.push([pooled[0]![0]!, this.componentCount]);
    return pooled.length === 1 ? pooled[0]! : pooled;
  }

  /**
   * Checks that the weights fit the first image, and that its mixture fits all images: it has an
   * entry for each image of a batch, or for each channel of each image. Sizes may be unknown.
   */
  private requireAlike(shapes: readonly Shape[]): void {
    const [first, ...others] = shapes as [Shape, ...Shape[]];
    const channels = this.options.dataFormat === 'channelsFirst' ? 1 : first.length - 1;
    requireChannels(this, first, channels, this.weightChannels());
    const axes = {
      'batch size': 0,
      ...(this.weighsChannels && { 'number of channels': channels }),
    };
    for (const [name, axis] of Object.entries(axes)) {
      const want = first[axis];
      const at = others.findIndex((shape) => (shape[axis] ?? want) !== (want ?? shape[axis]));
      if (at < 0) continue;
      const layer = `${plainClassName(this)}: layer '${this.name}'`;
      throw new ConfigError(
        `${layer}: inputs[${at + 1}] must have the ${name} of inputs[0], ${want}, ` +
          `got shape ${written(others[at]!)}`,
      );
    }
  }

  /** The number of grids. */
  private get componentCount(): number {
    return this.options.strides.reduce((product, stride) => product * stride, 1);
  }
}
