import { refuse, requireFunction, requireString } from '@ds/checks';
import { serialization } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { requireLayer } from './layers-of.js';

/** The package name in saved models. Keras writes a registered class as `package>Class`. */
const PACKAGE = 'ds';
const PREFIX = `${PACKAGE}>`;

/** A layer class with its name in saved models: `ds>DiffStride`. */
export interface SavedClass extends serialization.SerializableConstructor<layers.Layer> {
  readonly className: string;
}

/**
 * Registers a layer class, so that tfjs can load models with it. Its `className` must begin with
 * `ds>`. Models that were saved under `oldName` also load, and are saved under the new name.
 *
 * @throws ConfigError if `layerClass` is not such a class, or `oldName` is not a name.
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
 * Returns a layer's class name without its package, for errors: `DiffStride`.
 *
 * @throws ConfigError if `layer` is not a layer.
 */
export function plainClassName(layer: layers.Layer): string {
  requireLayer('plainClassName', 'layer', layer);
  return layer.getClassName().replace(PREFIX, '');
}

/**
 * Returns the name that tfjs derived from a layer's class, without the package:
 * `diff_stride_DiffStride1`. So layers and weights keep their names from before classes had a
 * package.
 *
 * @throws ConfigError if `layer` is not a layer.
 */
export function plainName(layer: layers.Layer): string {
  requireLayer('plainName', 'layer', layer);
  return layer.name.replaceAll(`${PREFIX}_`, '').replaceAll(PREFIX, '');
}
