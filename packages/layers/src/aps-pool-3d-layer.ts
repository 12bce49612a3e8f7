import { registerLayer } from '@ds/graph';
import { type ApsAxesConfig, ApsAxesLayer } from './aps-axes-layer.js';

/**
 * `apsPool3d` as a `tf.layers` layer (Chaman & Dokmanić 2021). It has no weights. Like `ApsPool`,
 * it pools a list of inputs of one size on one grid. Shapes: `[batch, depth, height, width,
 * channels]` → `[batch, ceil(D/S_d), ceil(H/S_h), ceil(W/S_w), channels]`.
 *
 * @throws ConfigError on a bad configuration, as `apsPool3d` does.
 */
export class ApsPool3D extends ApsAxesLayer<3> {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>ApsPool3D';

  constructor(config: ApsAxesConfig<3> = {}) {
    super('ApsPool3D', 3, config);
  }
}

registerLayer(ApsPool3D, 'ApsPool3D');
