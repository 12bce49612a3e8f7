import { Crc32c } from '@aws-crypto/crc32c';

/**
 * One record of TensorFlow's record files: the length as 64 bits with the lowest byte first, its masked checksum, the
 * bytes, their masked checksum.
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

/** CRC-32C, rotated right by 15 bits plus a constant: so that a checksum of data with checksums in it is no weaker. */
function maskedChecksum(bytes: Uint8Array): number {
  const checksum = new Crc32c().update(bytes).digest();
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;
}
