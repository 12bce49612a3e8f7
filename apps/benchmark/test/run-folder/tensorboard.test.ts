import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tensorboardLog } from '../../src/run-folder/tensorboard.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tensorboard-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** CRC-32C bit by bit (Castagnoli's polynomial, reflected). */
function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function unmasked(masked: number): number {
  const rotated = (masked - 0xa282ead8) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
}

/** The payloads of a record file, whose checksums must be right. */
function records(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const found: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(view.getBigUint64(at, true));
    expect(unmasked(view.getUint32(at + 8, true))).toBe(crc32c(bytes.subarray(at, at + 8)));
    const payload = bytes.subarray(at + 12, at + 12 + length);
    expect(unmasked(view.getUint32(at + 12 + length, true))).toBe(crc32c(payload));
    found.push(payload);
    at += 16 + length;
  }
  return found;
}

/** The fields of a message by number, as they lie on the wire. */
function fields(bytes: Uint8Array): Map<number, (number | bigint | Uint8Array)[]> {
  const reader = new BinaryReader(bytes);
  const found = new Map<number, (number | bigint | Uint8Array)[]>();
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    const value =
      type === WireType.Bit64
        ? reader.double()
        : type === WireType.Bit32
          ? reader.float()
          : type === WireType.Varint
            ? Number(reader.int64())
            : reader.bytes();
    found.set(field, [...(found.get(field) ?? []), value]);
  }
  return found;
}

const text = (value: unknown) => new TextDecoder().decode(value as Uint8Array);
const doubles = (value: unknown) => {
  return [...new Float64Array(Uint8Array.from(value as Uint8Array).buffer)];
};

async function events() {
  const [file] = await readdir(folder);
  expect(file).toMatch(/^events\.out\.tfevents\.\d+\./);
  return records(await readFile(path.join(folder, file!))).map(fields);
}

describe('tensorboardLog', () => {
  it('knows the checksum of the standard check string', () => {
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  });

  it('begins with the version, and with the step from which it voids earlier files', async () => {
    tensorboardLog(folder, 7);
    const [version, start] = await events();
    expect(text(version!.get(3)![0])).toBe('brain.Event:2');
    expect(start!.get(2)).toEqual([7]);
    expect(fields(start!.get(7)![0] as Uint8Array).get(1)).toEqual([1]);
  });

  it('writes scalars and histograms at their step', async () => {
    const log = tensorboardLog(folder, 0);
    log.write(300, [
      { tag: 'training/loss', scalar: 1.25 },
      { tag: 'strides', histogram: [1, 1, 2, 4] },
    ]);
    const event = (await events())[2]!;
    expect(event.get(2)).toEqual([300]);
    expect(Math.abs((event.get(1)![0] as number) - Date.now() / 1000)).toBeLessThan(60);
    const values = fields(event.get(5)![0] as Uint8Array)
      .get(1)!
      .map((value) => fields(value as Uint8Array));
    expect(values.map((value) => text(value.get(1)![0]))).toEqual(['training/loss', 'strides']);
    expect(values[0]!.get(2)).toEqual([1.25]);
    const histogram = fields(values[1]!.get(5)![0] as Uint8Array);
    // Lowest, highest, count, sum, sum of squares.
    expect([1, 2, 3, 4, 5].map((field) => histogram.get(field)![0])).toEqual([1, 4, 4, 8, 22]);
    const limits = doubles(histogram.get(6)![0]);
    const counts = doubles(histogram.get(7)![0]);
    expect(limits).toHaveLength(counts.length);
    expect(limits.at(-1)).toBeCloseTo(4, 12);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(4);
    expect(counts[0]).toBe(2);
    expect(counts.at(-1)).toBe(1);
  });

  it('writes values that are all equal', async () => {
    tensorboardLog(folder, 0).write(0, [{ tag: 'strides', histogram: [2, 2] }]);
    const event = (await events())[2]!;
    const value = fields(fields(event.get(5)![0] as Uint8Array).get(1)![0] as Uint8Array);
    const histogram = fields(value.get(5)![0] as Uint8Array);
    expect(doubles(histogram.get(7)![0])[0]).toBe(2);
    const limits = doubles(histogram.get(6)![0]);
    expect(limits.every((limit, i) => i === 0 || limit > limits[i - 1]!)).toBe(true);
  });
});
