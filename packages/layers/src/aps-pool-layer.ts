import { registerLayer } from '@ds/graph';
import type { ApsPoolOptions } from './aps-axes.js';
import { ApsAxesLayer } from './aps-axes-layer.js';
import type { LayerArgs } from './layer-input.js';

/** Configuration of {@link ApsPool}. */
export interface ApsPoolConfig extends LayerArgs, ApsPoolOptions {
  /** Integer strides ≥ 1, one number for both axes. Default 2. */
  strides?: number | readonly [number, number];
  /** Whether the layer also returns its choice, for `PolyphaseUpsample`. Default false. */
  returnsChoice?: boolean;
}

/**
 * Adaptive polyphase sampling as a `tf.layers` layer around `apsPool`. It has no weights. Shapes:
 * `[batch, height, width, channels]` → `[batch, ceil(H/S_h), ceil(W/S_w), channels]`.
 *
 * A list of images of one size is pooled on one grid, which the first image chooses. The paper's
 * network does this for the shortcut of a residual block.
 *
 * With `returnsChoice` a last output has the choice as weights of the grids, `[batch, S_h·S_w]`.
 * `PolyphaseUpsample` takes it.
 *
 * Paper: Chaman & Dokmanić, "Truly shift-invariant convolutional neural networks", CVPR 2021.
 *
 * @throws ConfigError on a bad configuration, as `apsPool` does.
 */
export class ApsPool extends ApsAxesLayer<2> {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>ApsPool';

  constructor(config: ApsPoolConfig = {}) {
    super('ApsPool', 2, config);
  }
}
registerLayer(ApsPool, 'ApsPool');
