import { refuse, requireFunction, requireString } from '@ds/checks';
import { serialization } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { requireLayer } from './layers-of.js';

/** The package of our classes in saved models. Keras writes a registered class as `package>Class`. */
const PACKAGE = 'ds';
const PREFIX = `${PACKAGE}>`;

/** The class of a layer, with the name that saved models give it: `ds>DiffStride`. */
export interface SavedClass extends serialization.SerializableConstructor<layers.Layer> {
  readonly className: string;
}

/**
 * Registers a layer's class, so that tfjs loads models that have it. Its `className` must begin with
 * `ds>`. Models that were saved under `oldName` load too, and are saved under the new name.
 *
 * @throws ConfigError if it is not such a class, or `oldName` is not a name.
 */
export function registerLayer(layerClass: SavedClass, oldName: string): void {
  requireFunction('registerLayer', 'layerClass', layerClass);
  requireString('registerLayer', 'oldName', oldName);
  const { className } = layerClass;
  if (typeof className !== 'string' || !className.startsWith(PREFIX)) {
    refuse('registerLayer', 'layerClass.className', `begin with ${PREFIX}`, className);
  }
  const name = className.slice(PREFIX.length);
  serialization.registerClass(layerClass, PACKAGE, name);
  const { classNameMap } = serialization.SerializationMap.getMap();
  classNameMap[oldName] = classNameMap[className]!;
}

/**
 * A layer's class without its package, as errors name it: `DiffStride`.
 *
 * @throws ConfigError if it is not a layer.
 */
export function plainClassName(layer: layers.Layer): string {
  requireLayer('plainClassName', 'layer', layer);
  return layer.getClassName().replace(PREFIX, '');
}

/**
 * The name that tfjs gave a layer after its class, without the package: `diff_stride_DiffStride1`.
 * Layers and weights keep the names that they had before classes had a package.
 *
 * @throws ConfigError if it is not a layer.
 */
export function plainName(layer: layers.Layer): string {
  requireLayer('plainName', 'layer', layer);
  return layer.name.replaceAll(`${PREFIX}_`, '').replaceAll(PREFIX, '');
}
