import { ConfigError } from '@ds/checks';
import { type PoolingLayer, plainName, registerLayer } from '@ds/graph';
import {
  type serialization,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { blurUpsampledSize } from './blur-upsample.js';
import { type DataFormat, requireImage, spatialAxes } from './data-format.js';
import {
  agree,
  type LayerArgs,
  requireConfig,
  type Shape,
  symbolicImage,
  written,
} from './layer-input.js';
import { polyphaseStrides } from './polyphase.js';
import {
  POLYPHASE_UPSAMPLE_CHECKS,
  type PolyphaseUpsampleOptions,
  polyphaseUpsample,
} from './polyphase-upsample.js';
import { requireReference } from './upsampled-size.js';

/** Configuration of {@link PolyphaseUpsample}. */
export interface PolyphaseUpsampleConfig
  extends LayerArgs,
    Omit<PolyphaseUpsampleOptions, 'outputSize'> {}

const INPUTS = '[image, choice] or [image, choice, reference]';

/**
 * Polyphase upsampling as a `tf.layers` layer around `polyphaseUpsample`: APS-U (Chaman & Dokmanić
 * 2021) after `ApsPool`, and LPU (Rojas-Gomez et al. 2022) after `LpsPool`. It has no weights.
 *
 * The inputs are `[image, choice]` or `[image, choice, reference]`. The choice is the last output
 * of the partner with `returnsChoice`, `[batch, S_h·S_w]`. With a reference the output has its
 * height and width. In training `LpsPool` mixes the grids, and this layer puts the image on all of
 * them with the same weights. So the scoring network gets a gradient from both layers.
 *
 * Shapes: `[batch, h, w, channels]` → `[batch, h·S_h, w·S_w, channels]`, or the size of the
 * reference.
 *
 * @throws ConfigError on a bad configuration, as `polyphaseUpsample` does.
 */
export class PolyphaseUpsample extends tfl.layers.Layer implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>PolyphaseUpsample';
  private readonly options: { strides: [number, number]; dataFormat: DataFormat };

  constructor(config: PolyphaseUpsampleConfig = {}) {
    const { outputSize: _size, ...checks } = POLYPHASE_UPSAMPLE_CHECKS;
    requireConfig<Omit<PolyphaseUpsampleConfig, keyof LayerArgs>>(
      'PolyphaseUpsample',
      config,
      checks,
    );
    super({ ...config });
    this.name = config.name ?? plainName(this);
    const strides = polyphaseStrides('PolyphaseUpsample', config.strides ?? 2);
    this.options = { strides, dataFormat: config.dataFormat ?? 'channelsLast' };
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const list = [inputs].flat();
    requireInputs(list);
    const [image, choice, reference] = list as [Tensor4D, Tensor2D, Tensor4D?];
    requireImage('PolyphaseUpsample', image);
    if (reference) requireReference('PolyphaseUpsample', reference);
    const [rows, columns] = spatialAxes(this.options.dataFormat);
    const outputSize: [number, number] | undefined = reference && [
      reference.shape[rows]!,
      reference.shape[columns]!,
    ];
    const sized = outputSize ? { ...this.options, outputSize } : this.options;
    return tidy(() => polyphaseUpsample(image, choice, sized));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shapes = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as Shape[];
    requireInputs(shapes);
    const [image, choice, reference] = shapes as [Shape, Shape, Shape?];
    const shape = symbolicImage('PolyphaseUpsample', image).slice();
    this.requireChoice(image, choice);
    if (reference) symbolicImage('PolyphaseUpsample', reference);
    const axes = spatialAxes(this.options.dataFormat);
    const known = axes.map((axis) => shape[axis] ?? 1) as [number, number];
    const size = blurUpsampledSize('PolyphaseUpsample', known, this.options);
    axes.forEach((axis, i) => {
      if (reference) shape[axis] = reference[axis]!;
      else if (shape[axis] != null) shape[axis] = size[i]!;
    });
    return shape;
  }

  /** Checks the symbolic shape of a choice: weights of the grids, or an index for each image. */
  private requireChoice([batch]: Shape, choice: Shape): void {
    const [height, width] = this.options.strides;
    const grids = height * width;
    const first = batch ?? null;
    if (agree(choice, [first]) || agree(choice, [first, grids])) return;
    throw new ConfigError(
      `PolyphaseUpsample: choice must have shape [${first ?? 'batch'}, ${grids}] or ` +
        `[${first ?? 'batch'}], got ${written(choice)}`,
    );
  }

  /** It only moves values. Mixing the grids in training adds elementwise products. */
  multiplyAdds(): number {
    return 0;
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...structuredClone(this.options) };
  }
}
registerLayer(PolyphaseUpsample, 'PolyphaseUpsample');

/** @throws ConfigError if there is no choice, or more than a reference after it. */
function requireInputs(list: unknown[]): void {
  if (list.length === 2 || list.length === 3) return;
  throw new ConfigError(`PolyphaseUpsample: inputs must be ${INPUTS}, got ${list.length}`);
}
