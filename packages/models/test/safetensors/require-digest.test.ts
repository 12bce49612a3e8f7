import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { requireDigest, requireSha256 } from '../../src/safetensors/require-digest.js';

const bytes = Uint8Array.of(1, 2, 3, 255);
const sha256 = createHash('sha256').update(bytes).digest('hex');

afterEach(() => vi.unstubAllGlobals());

describe('requireDigest', () => {
  it('takes the file of a SHA-256, in either case', async () => {
    await requireDigest('f', bytes, sha256);
    await requireDigest('f', bytes, sha256.toUpperCase());
    const shared = new Uint8Array(new SharedArrayBuffer(4));
    shared.set(bytes);
    await requireDigest('f', shared, sha256);
  });

  it('refuses another file', async () => {
    const other = createHash('sha256').update('').digest('hex');
    await expect(requireDigest('f', bytes, other)).rejects.toThrow(
      `f: file must have the SHA-256 ${other}, got ${sha256}: it is damaged, or another file`,
    );
  });

  it('checks nothing where there is no Web Crypto', async () => {
    vi.stubGlobal('crypto', {});
    await requireDigest('f', bytes, '0'.repeat(64));
  });
});

it.each([['abc'], ['g'.repeat(64)], [5]])('%o is no SHA-256', (value) => {
  expect(() => requireSha256('f', 'sha256', value)).toThrow(
    /^f: sha256 must be a SHA-256 in 64 hexadecimal digits, got /,
  );
});
