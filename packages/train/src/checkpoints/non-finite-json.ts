/** The only member of an object that represents a number which JSON lacks. */
const KEY = '$number';

const NON_FINITE = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/**
 * A value as JSON, in which NaN is `{ "$number": "NaN" }`, and the infinities are alike.
 * `JSON.stringify` alone would write `null` for them.
 */
export function finiteJson(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'number' && !Number.isFinite(one) ? { [KEY]: String(one) } : one,
  );
}

/** Reads what {@link finiteJson} has written, as the reviver of `JSON.parse`. */
export function withNonFinite(_: string, value: unknown): unknown {
  const name = (value as { [KEY]?: unknown } | null)?.[KEY];
  if (typeof name !== 'string' || Object.keys(value as object).length !== 1) return value;
  return NON_FINITE.find((one) => String(one) === name) ?? value;
}
