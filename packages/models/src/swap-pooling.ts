import { ConfigError, describe, refuse } from '@ds/checks';
import { hasMember, type PoolingLayer } from '@ds/graph';
import { type PoolingConfig, poolingLayer, poolingNames, poolingTraits } from '@ds/layers';
import { dispose, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import { input } from '@tensorflow/tfjs-layers';
import type { Downsampler } from './swap-downsamplers.js';
import { outputShapeOf, PROBES, sidesIn, withSides } from './swap-shapes.js';

/** The data about its place that a pooling layer needs. */
export interface PoolingPlace {
  name: string;
  strides: [number, number];
  dataFormat: Downsampler['dataFormat'];
  /** Used if the pooling has this option, and the configuration does not set it. */
  smoothness: number | null;
}

/** Options of a layer that do not apply to all places. */
const OF_THE_PLACE = ['batchInputShape', 'dataFormat', 'inputShape', 'name', 'strides', 'weights'];

const BLANK: (number | null)[] = [null, 64, 61, 64];

/** A registered pooling with its configuration. */
export class SwapPooling {
  private readonly options: Set<string>;
  /** Whether the output size is unknown before a call. */
  readonly isLearned: boolean;
  /** Whether joined branches need one layer: it has learned strides, or chooses a grid for all. */
  readonly isShared: boolean;
  readonly sharesChoice: boolean;
  /** Whether a common choice is made for each channel, so that all maps need equal channels. */
  readonly weighsChannels: boolean;
  /** Whether a map has as many channels after the pooling. */
  readonly keepsChannels: boolean;
  /** Whether ⌈n/s⌉ outputs come from n pixels. */
  readonly roundsUp: boolean;
  readonly placement: 'convolution' | 'activation';
  readonly isAbsentAtStrideOne: boolean;

  /**
   * @param op the function that errors name. They call the name of the pooling `pooling`.
   * @throws ConfigError if the name is not registered, or the configuration does not suit.
   */
  constructor(
    private readonly op: string,
    readonly name: string,
    private readonly config: Record<string, unknown>,
  ) {
    const names = poolingNames();
    if (!names.includes(name)) {
      throw new ConfigError(
        `${op}: pooling must be one of ${names.join(', ')}, got ${describe(name)}`,
      );
    }
    const { placement, absentAtStrideOne } = poolingTraits(name);
    this.placement = placement;
    this.isAbsentAtStrideOne = absentAtStrideOne;
    for (const option of OF_THE_PLACE.filter((one) => Object.hasOwn(config, one))) {
      refuse(
        op,
        `config.${option}`,
        'be left out, since the swapped layer decides',
        config[option],
      );
    }
    const plain: PoolingConfig = { name: 'tried', strides: [2, 2] };
    this.options = new Set(Object.keys(this.tried(op, plain).getConfig()));
    const tried = this.tried(`${op}: config`, { ...plain, ...config, strides: [2, 2] });
    const output = outputShapeOf(tried, BLANK);
    this.isLearned = output?.[1] === null;
    this.keepsChannels = !output || output.at(-1) === BLANK.at(-1);
    this.sharesChoice = hasMember(tried, 'sharesChoice');
    this.weighsChannels = this.sharesChoice && !takesOtherChannels(tried);
    this.isShared = this.isLearned || this.sharesChoice;
    this.roundsUp = PROBES.every((sides) => {
      const output = outputShapeOf(tried, withSides(BLANK, sides, 'channelsLast'));
      return sides.every((side, axis) => output?.[axis + 1] === Math.ceil(side / 2));
    });
  }

  /** Whether the smoothness follows from the size of the map. */
  get choosesSmoothness(): boolean {
    return this.options.has('smoothness') && this.config.smoothness === undefined;
  }

  /** Whether the pooling takes maps of this format. */
  takes(dataFormat: Downsampler['dataFormat']): boolean {
    return dataFormat === 'channelsLast' || this.options.has('dataFormat');
  }

  /** @throws ConfigError if the strides do not suit the pooling. */
  make({ name, strides, dataFormat, smoothness }: PoolingPlace, what = 'config'): PoolingLayer {
    const { options } = this;
    return this.tried(`${this.op}: ${what}`, {
      // Later layers were trained on maps of this mean.
      ...(options.has('norm') ? { norm: 'forward' } : {}),
      ...(this.choosesSmoothness && smoothness !== null ? { smoothness } : {}),
      ...(options.has('dataFormat') ? { dataFormat } : {}),
      ...this.config,
      name,
      strides,
    });
  }

  /**
   * The size of a map after the pooling. A pooling of learned size runs on a blank map, unless it
   * has a method for its size. A pooling that refuses the map has sizes of `null`.
   */
  sizeAfter(place: PoolingPlace, shape: (number | null)[]): [number | null, number | null] {
    const layer = this.make(place);
    if (!this.isLearned) {
      const output = outputShapeOf(layer, shape);
      return output ? sidesIn(output, place.dataFormat) : [null, null];
    }
    if (hasMember(layer, 'outputSize')) {
      layer.apply(input({ batchShape: shape }));
      const sides = layer.outputSize(sidesIn(shape, place.dataFormat) as number[]);
      layer.dispose();
      return sides as [number, number];
    }
    const blank = zeros([1, ...(shape.slice(1) as number[])]);
    const pooled = tidy(() => layer.apply(blank) as Tensor);
    dispose([blank, pooled]);
    layer.dispose();
    return sidesIn(pooled.shape, place.dataFormat);
  }

  /** @throws ConfigError that names the layer to which the strides leave no map. */
  refuseStrides(layer: string, got: string, cause?: unknown): never {
    throw new ConfigError(
      `${this.op}: strides must leave every layer a map that it can take, got ${got} at '${layer}'`,
      { cause },
    );
  }

  /** A layer of the pooling. `where` begins the message of an error. */
  private tried(where: string, config: PoolingConfig): PoolingLayer {
    try {
      return poolingLayer(this.name, config);
    } catch (error) {
      throw new ConfigError(`${where}: ${(error as Error).message}`, { cause: error });
    }
  }
}

/** Whether a layer with a common choice takes maps with different numbers of channels. */
function takesOtherChannels(layer: PoolingLayer): boolean {
  try {
    layer.computeOutputShape([BLANK, [...BLANK.slice(0, 3), 1]]);
    return true;
  } catch {
    return false;
  }
}
