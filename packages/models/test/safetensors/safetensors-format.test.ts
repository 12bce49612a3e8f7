import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  formatSafetensors,
  parseSafetensors,
  valuesOf,
} from '../../src/safetensors/safetensors-format.js';

/** A file with this header and these values. */
function fileOf(header: unknown, values: Uint8Array | number = 0, length?: number): Uint8Array {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const json = Buffer.from(text);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(length ?? json.length));
  const data = typeof values === 'number' ? Buffer.alloc(values) : values;
  return new Uint8Array(Buffer.concat([prefix, json, data]));
}

const f32 = (shape: number[], ...offsets: number[]) => ({
  dtype: 'F32',
  shape,
  data_offsets: offsets,
});

describe('parseSafetensors', () => {
  it('reads a file of PyTorch', () => {
    const url = new URL('../fixtures/safetensors/resnet18-width8.safetensors', import.meta.url);
    const { tensors, metadata } = parseSafetensors('fn', readFileSync(url));
    expect(metadata).toEqual({ format: 'pt' });
    expect(tensors.size).toBe(122);
    expect(tensors.get('conv1.weight')).toMatchObject({ dtype: 'F32', shape: [8, 3, 7, 7] });
  });

  it.each([
    ['too short', new Uint8Array(7), 'have at least 8 bytes, got 7'],
    ['cut in the header', fileOf({}, 0, 9), 'have a header of at most 2 bytes, got 9'],
    ['a huge length', new Uint8Array(8).fill(255), 'have a header of at most 0 bytes, got 1844'],
    ['no JSON', fileOf('{oops'), 'have a header in JSON, got '],
    ['no text', new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0, 255]), 'have a header in JSON, got '],
    ['a list', fileOf([1]), 'have a JSON object as its header, got [1]'],
    ['null', fileOf('null'), 'have a JSON object as its header, got null'],
    ['numbers in metadata', fileOf({ __metadata__: { a: 1 } }), 'have texts in __metadata__'],
    ['no dtype', fileOf({ a: { shape: [], data_offsets: [0, 4] } }, 4), 'give tensor a a dtype'],
    ['a fraction', fileOf({ a: f32([0.5], 0, 2) }, 2), 'give tensor a a shape of integers >= 0'],
    ['one offset', fileOf({ a: f32([1], 4) }, 4), 'give tensor a two data_offsets'],
    ['a negative offset', fileOf({ a: f32([1], -4, 0) }, 4), 'give tensor a two data_offsets'],
    ['a wrong size', fileOf({ a: f32([2], 0, 4) }, 4), 'give tensor a (F32 [2]) 8 bytes, got 4'],
    [
      'an end before the begin',
      fileOf({ a: f32([1], 8, 4) }, 8),
      'give tensor a (F32 [1]) 4 bytes',
    ],
    [
      'a gap',
      fileOf({ a: f32([1], 4, 8) }, 8),
      'have no gaps: tensor a must begin at byte 0, got 4',
    ],
    [
      'an overlap',
      fileOf({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, 8),
      'have no overlaps: tensor b must begin at byte 8, got 4',
    ],
    ['cut values', fileOf({ a: f32([2], 0, 8) }, 6), 'have 8 bytes of values, got 6'],
    ['bytes at the end', fileOf({ a: f32([2], 0, 8) }, 9), 'have 8 bytes of values, got 9'],
  ])('refuses %s', (_what, bytes, message) => {
    const parse = () => parseSafetensors('fn', bytes);
    expect(parse).toThrow(expect.objectContaining({ name: 'DataError' }));
    expect(parse).toThrow(`fn: file must ${message}`);
  });
});

describe('valuesOf', () => {
  const wide = new DataView(new ArrayBuffer(8));
  it.each([
    ['F32', 1.5, () => wide.setFloat32(0, 1.5, true), 4],
    ['F64', -0.1, () => wide.setFloat64(0, -0.1, true), 8],
    ['F16', 0.5, () => wide.setUint16(0, 0x3800, true), 2],
    ['BF16', -3.140625, () => wide.setUint16(0, 0xc049, true), 2],
    ['I64', -7, () => wide.setBigInt64(0, -7n, true), 8],
  ])('reads %s', (dtype, value, write, size) => {
    write();
    const bytes = new Uint8Array(wide.buffer.slice(0, size));
    const entry = { dtype, shape: [], data_offsets: [0, size] };
    const file = parseSafetensors('fn', fileOf({ a: entry }, bytes));
    expect([...valuesOf('fn', file, 'a')]).toEqual([Math.fround(value)]);
  });

  it('refuses other formats and numbers that are not finite', () => {
    const entry = { dtype: 'U8', shape: [1], data_offsets: [0, 1] };
    const file = parseSafetensors('fn', fileOf({ a: entry }, 1));
    expect(() => valuesOf('fn', file, 'a')).toThrow(
      'fn: tensor a [1] must be one of F32, F16, BF16, F64, I64, got U8',
    );
    const values = new Float32Array([1, Number.NaN]);
    const tensors = [{ name: 'b', dtype: 'F32' as const, shape: [2], values }];
    const damaged = parseSafetensors('fn', formatSafetensors(tensors, {}));
    expect(() => valuesOf('fn', damaged, 'b')).toThrow(
      'fn: tensor b [2] must hold finite numbers, got NaN at position 1',
    );
  });
});

describe('formatSafetensors', () => {
  it('writes what parseSafetensors reads, with aligned values', () => {
    const values = new Float32Array([0.25, -2, 3]);
    const bytes = formatSafetensors(
      [
        { name: 'half', dtype: 'F16', shape: [3], values },
        { name: 'ä', dtype: 'F32', shape: [1, 3], values },
      ],
      { made: 'here' },
    );
    const file = parseSafetensors('fn', bytes);
    expect(file.metadata).toEqual({ made: 'here' });
    expect(file.data.byteOffset % 8).toBe(0);
    expect(file.tensors.get('ä')).toEqual({ dtype: 'F32', shape: [1, 3], begin: 0, end: 12 });
    expect(file.tensors.get('half')).toMatchObject({ begin: 12, end: 18 });
    for (const name of ['ä', 'half']) expect(valuesOf('fn', file, name)).toEqual(values);
  });
});
