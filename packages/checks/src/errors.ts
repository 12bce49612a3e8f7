/**
 * An argument or an option breaks a rule. The caller can fix it. All checks throw this error. It
 * extends `RangeError`.
 *
 * Each class in this file has a fixed `name`. Compare names, not classes, if an error may come from
 * another thread or from another copy of this package. `instanceof` is false there.
 */
export class ConfigError extends RangeError {
  override readonly name = 'ConfigError';
}

/** A file or a data set is missing, unreadable, or has the wrong content. */
export class DataError extends Error {
  override readonly name = 'DataError';
}

/** A call comes at the wrong time, such as before its object is built or after it is disposed. */
export class StateError extends Error {
  override readonly name = 'StateError';
}
