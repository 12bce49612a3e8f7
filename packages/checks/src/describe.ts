/**
 * Describes a value in a few words, for the end of an error message: `[0, 2]`, `"red"`,
 * `{ strides }`, `Float32Array(8)`.
 */
export function describe(value: unknown): string {
  const short = (text: string) => text.replace(/^(.{60}).+$/s, '$1…');
  if (typeof value === 'string') return JSON.stringify(short(value));
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || !value) return String(value);
  if (Array.isArray(value)) {
    const list = value.slice(0, 9).map((one) => (Array.isArray(one) ? '[…]' : describe(one)));
    return short(`[${list.join(', ')}${value.length > 9 ? ', …' : ''}]`);
  }
  const name = value.constructor?.name ?? 'Object';
  if (name === 'Object') return short(`{ ${Object.keys(value).join(', ')} }`);
  return `${name}(${(value as { length?: number }).length ?? ''})`;
}
