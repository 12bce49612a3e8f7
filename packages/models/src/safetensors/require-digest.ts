import { DataError, refuse } from '@ds/checks';

/** @throws ConfigError if a value is not a SHA-256 in hexadecimal digits. */
export function requireSha256(op: string, name: string, value: unknown): void {
  if (typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value)) return;
  refuse(op, name, 'be a SHA-256 in 64 hexadecimal digits', value);
}

/**
 * Checks the SHA-256 of a file. Browsers compute it on secure pages only: on others, nothing is
 * checked.
 *
 * @throws DataError if the file has another one.
 */
export async function requireDigest(op: string, bytes: Uint8Array, sha256: string): Promise<void> {
  const { subtle } = globalThis.crypto ?? {};
  if (!subtle) return;
  // It takes no shared memory.
  const own = bytes.buffer instanceof ArrayBuffer ? bytes : bytes.slice();
  const digest = new Uint8Array(await subtle.digest('SHA-256', own as BufferSource));
  const got = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (got === sha256.toLowerCase()) return;
  throw new DataError(
    `${op}: file must have the SHA-256 ${sha256}, got ${got}: it is damaged, or another file`,
  );
}
