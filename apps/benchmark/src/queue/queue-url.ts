import { ADDRESS_FORM, maskedAddress } from './masked-address.js';

/**
 * A `--queue` flag's value, once it is known to be an address of a Redis.
 *
 * @throws Error otherwise. It is no error of commander's, which would show the value with its password.
 */
export function queueUrl(text: string): string {
  const fail = (rule: string): never => {
    throw new Error(`error: --queue (or DS_QUEUE) must ${rule}, got '${maskedAddress(text)}'`);
  };
  if (/^rediss?:\/\/[^/?#]*[/?#].*@/s.test(text)) {
    return fail('have its password percent-encoded: / as %2F, ? as %3F, # as %23, @ as %40');
  }
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '') {
    return fail(`be ${ADDRESS_FORM}, or rediss:// for TLS`);
  }
  // The client would take another database without a word, or fail in its depths.
  const database = url.pathname.slice(1) || (url.searchParams.get('db') ?? '0');
  if (!/^\d{1,5}$/.test(database)) {
    return fail('have the number of a database after its host, or nothing');
  }
  return text;
}
