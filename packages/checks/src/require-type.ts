import { refuse } from './refuse.js';

/** @throws ConfigError if a value is not true or false. */
export function requireBoolean(fn: string, name: string, value: unknown): void {
  if (typeof value !== 'boolean') refuse(fn, name, 'be a boolean', value);
}

/** @throws ConfigError if a value is not a string, or is empty. */
export function requireString(fn: string, name: string, value: unknown): void {
  if (typeof value !== 'string' || !value) refuse(fn, name, 'be a non-empty string', value);
}

/** @throws ConfigError if a value is not a function. */
export function requireFunction(fn: string, name: string, value: unknown): void {
  if (typeof value !== 'function') refuse(fn, name, 'be a function', value);
}

/** @throws ConfigError if a value is not a `tf.LayersModel`, that is, has no layers or inputs. */
export function requireModel(fn: string, name: string, value: unknown): void {
  const isModel = typeof value === 'object' && value && 'layers' in value && 'inputs' in value;
  if (!isModel) refuse(fn, name, 'be a tf.LayersModel', value);
}

/** @throws ConfigError if a value is not an object, or is an array. */
export function requireObject(fn: string, name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    refuse(fn, name, 'be an object', value);
  }
}
