import { type PoolingLayer, registerLayer } from '@ds/graph';
import type { PoolingMatrices } from '@ds/kernels';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { type LayerArgs, requireConfig } from './layer-input.js';
import {
  type Margins,
  marginsOf,
  PAD_CHECKS,
  type PadImageOptions,
  paddedSize,
  padImage,
  padImageMatrices,
} from './pad-image.js';
import { StaticPoolLayer } from './static-pool-layer.js';
import { requireSides } from './stride-values.js';

/** Configuration of {@link PadImage}. */
export interface PadImageConfig extends LayerArgs, PadImageOptions {
  /** Pixels to add: one number for all sides, or [[top, bottom], [left, right]]. Default 1. */
  margins?: Margins;
}

type Options = Required<PadImageOptions> & { margins: [[number, number], [number, number]] };

/**
 * {@link padImage} as a `tf.layers` layer, for convolutions with `padding: 'valid'`. It has no
 * weights. Shapes: `[batch, H, W, C]` → `[batch, top + H + bottom, left + W + right, C]`.
 *
 * @throws ConfigError on a bad configuration, as {@link padImage} does.
 */
export class PadImage extends StaticPoolLayer<Options> implements PoolingLayer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>PadImage';

  constructor(config: PadImageConfig = {}) {
    requireConfig<Omit<PadImageConfig, keyof LayerArgs>>('PadImage', config, {
      ...PAD_CHECKS,
      margins: (op, _name, margins) => {
        marginsOf(op, margins);
      },
    });
    const { border = 'circular', dataFormat = 'channelsLast' } = config;
    super(config, { margins: marginsOf('PadImage', config.margins ?? 1), border, dataFormat });
  }

  protected pool(image: Tensor4D): Tensor4D {
    const { margins, ...options } = this.options;
    return padImage(image, margins, options);
  }

  protected axisSize(size: number, axis: 0 | 1): number {
    const { margins, border } = this.options;
    return paddedSize('PadImage', size, margins[axis], border);
  }

  /** Returns the layer as matrices for images of one size. The caller disposes of them. */
  matrices(input: [number, number]): PoolingMatrices {
    const op = 'PadImage.matrices';
    const sides = requireSides(op, 'input', input);
    const { margins, border } = this.options;
    return padImageMatrices(op, sides, margins, border);
  }

  /** Copies pixels, without multiply-adds. */
  multiplyAdds(): number {
    return 0;
  }
}
registerLayer(PadImage, 'PadImage');
