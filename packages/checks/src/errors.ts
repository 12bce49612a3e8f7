/**
 * An argument or an option breaks a rule. The caller can mend it. It extends `RangeError`, and all
 * checks throw it.
 *
 * Each class here has a fixed `name`. Decide by `name` where an error may come from another thread
 * or from another copy of this package: there `instanceof` is false.
 */
export class ConfigError extends RangeError {
  override readonly name = 'ConfigError';
}

/** A file or a data set is missing, cannot be read, or does not hold what it must hold. */
export class DataError extends Error {
  override readonly name = 'DataError';
}

/** A call comes at the wrong time: before its object is built, or after its object has ended. */
export class StateError extends Error {
  override readonly name = 'StateError';
}
