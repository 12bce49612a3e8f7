/** Characters that a terminal or a browser obeys instead of showing, line breaks and tabs apart. */
export const HIDDEN = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * Replaces control characters by what JSON writes for them, `\u001b`. A terminal only shows that.
 * In JSON itself this changes no value.
 */
export function visibleText(text: string): string {
  return text.replace(
    HIDDEN,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A JSON value with {@link visibleText} in place of each of its strings, names of fields too. */
export function visibleValue<Value>(value: Value): Value {
  return visible(value) as Value;
}

function visible(value: unknown): unknown {
  if (typeof value === 'string') return visibleText(value);
  if (Array.isArray(value)) return value.map(visible);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [visibleText(name), visible(item)]),
  );
}
