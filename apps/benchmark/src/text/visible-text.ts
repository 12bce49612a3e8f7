/** Control characters of terminals and browsers, except line breaks and tabs. */
export const HIDDEN = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * Replaces control characters by their JSON escapes, such as `\u001b`, so that a terminal does not
 * execute them. Applied to a JSON document, this changes no value.
 */
export function visibleText(text: string): string {
  return text.replace(
    HIDDEN,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Applies {@link visibleText} to all strings of a JSON value, including field names. */
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
