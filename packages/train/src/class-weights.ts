import { numberIn, refuse, requireNumbers } from '@ds/checks';

/** @throws ConfigError if a value is not a list of numbers >= 0, or has not one for each class. */
export function requireClassWeights(
  fn: string,
  name: string,
  value: unknown,
  classes?: number,
): void {
  requireNumbers(fn, name, value, undefined, numberIn(0));
  const given = (value as number[]).length;
  if (classes !== undefined && given !== classes) {
    refuse(fn, name, `have one value for each class (${classes})`, value);
  }
}
