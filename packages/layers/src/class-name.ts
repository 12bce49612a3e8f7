import type { layers } from '@tensorflow/tfjs-layers';

/**
 * Whether a value is a layer of one of these classes. It compares names: a program that loads two
 * copies of this package has two classes of one name.
 */
export function isOfClass(value: unknown, classNames: readonly string[]): boolean {
  const { getClassName } = (value ?? {}) as Partial<layers.Layer>;
  return typeof getClassName === 'function' && classNames.includes(getClassName.call(value));
}
