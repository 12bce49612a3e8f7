import { registerLayer } from '@ds/graph';
import { type ApsAxesConfig, ApsAxesLayer } from './aps-axes-layer.js';

/**
 * `apsPool1d` as a `tf.layers` layer (Chaman & Dokmanić 2021). It has no weights. Like `ApsPool`,
 * it pools a list of inputs of one size on one grid. Shapes: `[batch, width, channels]` → `[batch,
 * ceil(W/S), channels]`.
 *
 * @throws ConfigError on a bad configuration, as `apsPool1d` does.
 */
export class ApsPool1D extends ApsAxesLayer<1> {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>ApsPool1D';

  constructor(config: ApsAxesConfig<1> = {}) {
    super('ApsPool1D', 1, config);
  }
}

registerLayer(ApsPool1D, 'ApsPool1D');
