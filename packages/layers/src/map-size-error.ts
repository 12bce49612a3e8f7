import { ConfigError } from '@ds/checks';

/**
 * A map is too small for a pooling layer of a model. Layers throw it when a model is built, if they
 * know the size of the map. Its `name` is that of `ConfigError`.
 */
export class MapSizeError extends ConfigError {
  /**
   * @param className the class of the layer
   * @param layer the name of the layer
   * @param map the sizes of the spatial axes, or `null` for those that are not known yet
   * @param reason the rule that the map breaks
   */
  constructor(
    className: string,
    readonly layer: string,
    readonly map: readonly (number | null)[],
    readonly reason: string,
  ) {
    const sizes = map.map((size) => size ?? '?').join('×');
    super(`${className}: layer '${layer}' gets a map of ${sizes}: ${reason}`);
  }
}
