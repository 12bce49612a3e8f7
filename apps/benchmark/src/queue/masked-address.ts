/** Stands for what is not shown. */
const HIDDEN = '…';

/** What an address is, for help and errors. */
export const ADDRESS_FORM = 'redis://[user:password@]host[:port]';

/**
 * The address of a server as it may be shown: scheme, host, port and number of the database. Name,
 * password and query are hidden. Of a text that is no address only the scheme is shown, since
 * nobody can tell which part of it is the password.
 */
export function maskedAddress(text: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0] ?? '';
  const rest = text.slice(scheme.length);
  const authority = /^[^/?#]*/.exec(rest)![0];
  // A password with a bare / ? or # ends up behind the host, and so does its @.
  const isPlain = scheme !== '' && !rest.slice(authority.length).includes('@');
  const url = isPlain && URL.canParse(text) ? new URL(text) : null;
  if (!url || url.hostname === '') return `${scheme}${HIDDEN}`;
  const user = authority.includes('@') ? `${HIDDEN}@` : '';
  const path = /^\/?\d*$/.test(url.pathname) ? url.pathname : `/${HIDDEN}`;
  const query = /[?#]/.test(rest) ? `?${HIDDEN}` : '';
  return `${scheme}${user}${url.host}${path}${query}`;
}

/**
 * A text with each address in it as it may be shown. Those of other servers stay unless they name a
 * user. A text that was masked before stays as it is.
 */
export function maskedText(text: string): string {
  return text.replace(/\b[a-z][a-z0-9+.-]*:\/\/\S*[^\s'",;:.)]/gi, (address) => {
    const bare = address.replace(/(?<=\/\/)…@?|(?<!\/)\/…|\?…/g, '');
    const isMasked = bare.endsWith('//') || maskedAddress(bare) === bare;
    if (isMasked || address.startsWith(ADDRESS_FORM)) return address;
    return /^rediss?:|^[^/]*\/\/[^/]*@/i.test(address) ? maskedAddress(address) : address;
  });
}

/** A command line as it may be shown and stored. */
export function maskedCommand(args: string[]): string {
  const shown = args.map((arg, i) => {
    if (args[i - 1] === '--queue') return maskedAddress(arg);
    if (arg.startsWith('--queue=')) return `--queue=${maskedAddress(arg.slice('--queue='.length))}`;
    return maskedText(arg);
  });
  return ['ds-benchmark', ...shown].join(' ');
}
