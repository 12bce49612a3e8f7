/** What a value is, in a few words, for the end of a message: `[0, 2]`, `'red'`, `an int32 tensor of shape [2]`. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return shortened(JSON.stringify(value), 60);
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) {
    const first = value.slice(0, 8).map((one) => (Array.isArray(one) ? '[…]' : describe(one)));
    return `[${[...first, ...(value.length > 8 ? ['…'] : [])].join(', ')}]`;
  }
  const { dtype, shape, isDisposed, length } = value as Record<string, unknown>;
  if (typeof dtype === 'string' && Array.isArray(shape)) {
    return `${isDisposed ? 'a disposed' : 'a'} tensor of ${dtype} and shape [${shape}]`;
  }
  const name = value.constructor?.name;
  if (name && name !== 'Object') {
    return typeof length === 'number' ? `${name} of ${length} values` : `an object of ${name}`;
  }
  return shortened(`{ ${Object.keys(value).join(', ')} }`, 80);
}

function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
