import { Crc32c } from '@aws-crypto/crc32c';

/**
 * One record of the TFRecord format: the length as a little-endian 64-bit integer, its masked
 * checksum, the bytes, and their masked checksum.
 */
export function record(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(16 + bytes.length);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(bytes.length), true);
  view.setUint32(8, maskedChecksum(out.subarray(0, 8)), true);
  out.set(bytes, 12);
  view.setUint32(12 + bytes.length, maskedChecksum(bytes), true);
  return out;
}

/**
 * CRC-32C, rotated right by 15 bits, plus a constant. The mask keeps the checksum strong for data
 * that contains checksums.
 */
function maskedChecksum(bytes: Uint8Array): number {
  const checksum = new Crc32c().update(bytes).digest();
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;
}
