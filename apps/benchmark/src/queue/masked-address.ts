/** Replaces hidden text. */
const HIDDEN = '…';

/** The form of an address, for help and errors. */
export const ADDRESS_FORM = 'redis://[user:password@]host[:port]';

/**
 * Masks a server address for display. The scheme, host, port and database number stay visible. The
 * user, password and query are hidden. If the text is not an address, only the scheme is shown,
 * because any other part may be the password.
 */
export function maskedAddress(text: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0] ?? '';
  const rest = text.slice(scheme.length);
  const authority = /^[^/?#]*/.exec(rest)![0];
  // A password with a bare / ? or # is parsed as path or query, together with its @.
  const isPlain = scheme !== '' && !rest.slice(authority.length).includes('@');
  const url = isPlain && URL.canParse(text) ? new URL(text) : null;
  if (!url || url.hostname === '') return `${scheme}${HIDDEN}`;
  const user = authority.includes('@') ? `${HIDDEN}@` : '';
  const path = /^\/?\d*$/.test(url.pathname) ? url.pathname : `/${HIDDEN}`;
  const query = /[?#]/.test(rest) ? `?${HIDDEN}` : '';
  return `${scheme}${user}${url.host}${path}${query}`;
}

/**
 * Masks each address in a text. An address of another kind of server is masked only if it contains
 * a user. Text already masked does not change.
 */
export function maskedText(text: string): string {
  return text.replace(/\b[a-z][a-z0-9+.-]*:\/\/\S*[^\s'",;:.)]/gi, (address) => {
    const bare = address.replace(/(?<=\/\/)…@?|(?<!\/)\/…|\?…/g, '');
    const isMasked = bare.endsWith('//') || maskedAddress(bare) === bare;
    if (isMasked || address.startsWith(ADDRESS_FORM)) return address;
    return /^rediss?:|^[^/]*\/\/[^/]*@/i.test(address) ? maskedAddress(address) : address;
  });
}

/** Masks a command line for display and storage. */
export function maskedCommand(args: string[]): string {
  const shown = args.map((arg, i) => {
    if (args[i - 1] === '--queue') return maskedAddress(arg);
    if (arg.startsWith('--queue=')) return `--queue=${maskedAddress(arg.slice('--queue='.length))}`;
    return maskedText(arg);
  });
  return ['ds-benchmark', ...shown].join(' ');
}
