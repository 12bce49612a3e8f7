import { DataError } from '@ds/checks';
import { fromHalf, toHalf } from './float-formats.js';

/** A number format of the file. `F32` is float32, `F16` float16, `BF16` bfloat16, `F64` float64. */
export type Dtype = 'F32' | 'F16' | 'BF16' | 'F64' | 'I64';

/** Bytes per value. */
const BYTES: Record<Dtype, number> = { F32: 4, F16: 2, BF16: 2, F64: 8, I64: 8 };

/** A tensor of a file. */
export interface FileTensor {
  dtype: string;
  shape: number[];
  /** Position of the values in the file's data, in bytes. */
  begin: number;
  end: number;
}

/** A parsed file. */
export interface SafetensorsFile {
  tensors: Map<string, FileTensor>;
  /** The texts of the header's `__metadata__`. */
  metadata: Record<string, string>;
  /** The bytes after the header. */
  data: Uint8Array;
}

/** Bytes before the header: its length as a little-endian 64-bit integer. */
const PREFIX = 8;

/** The maximum length of a header in bytes, as in the reference implementation. */
const LONGEST_HEADER = 100_000_000;

/**
 * Parses a safetensors file: the length of the header (uint64, little-endian), the header (JSON:
 * dtype, shape and position of each tensor), the values (little-endian, row-major). The tensors
 * must cover the values without gaps and overlaps.
 *
 * @throws DataError if the header is not one, or does not fit the bytes. It names the tensor.
 */
export function parseSafetensors(op: string, bytes: Uint8Array): SafetensorsFile {
  const fail = (rule: string, got: string): never => {
    throw new DataError(`${op}: file must ${rule}, got ${got}; fetch or write it again`);
  };
  if (bytes.length < PREFIX) fail('have at least 8 bytes', `${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  const room = bytes.length - PREFIX;
  if (length > LONGEST_HEADER || length > room) {
    fail(`have a header of at most ${Math.min(room, LONGEST_HEADER)} bytes`, `${length}`);
  }
  const entries = headerOf(fail, bytes.subarray(PREFIX, PREFIX + length));
  const data = bytes.subarray(PREFIX + length);
  const metadata = entries.__metadata__ ?? {};
  if (!isObject(metadata) || !Object.values(metadata).every((one) => typeof one === 'string')) {
    fail('have texts in __metadata__', JSON.stringify(metadata).slice(0, 60));
  }
  delete entries.__metadata__;
  const tensors = new Map(
    Object.entries(entries).map(([name, entry]) => [name, tensorOf(fail, name, entry)]),
  );
  requireCover(fail, tensors, data.length);
  return { tensors, metadata: metadata as Record<string, string>, data };
}

type Fail = (rule: string, got: string) => never;

function headerOf(fail: Fail, bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    fail('have a header in JSON', (error as Error).message);
  }
  if (!isObject(header)) fail('have a JSON object as its header', JSON.stringify(header));
  return { ...(header as Record<string, unknown>) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function tensorOf(fail: Fail, name: string, entry: unknown): FileTensor {
  const { dtype, shape, data_offsets: offsets } = isObject(entry) ? entry : {};
  const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  const isList = (value: unknown): value is number[] =>
    Array.isArray(value) && value.every(isCount);
  const got = JSON.stringify(entry).slice(0, 80);
  if (typeof dtype !== 'string') return fail(`give tensor ${name} a dtype`, got);
  if (!isList(shape)) return fail(`give tensor ${name} a shape of integers >= 0`, got);
  if (!isList(offsets) || offsets.length !== 2) {
    return fail(`give tensor ${name} two data_offsets, integers >= 0`, got);
  }
  const [begin, end] = offsets as [number, number];
  const size = BYTES[dtype as Dtype];
  const needed = shape.reduce((product, side) => product * side, size ?? 0);
  if (end < begin || (size !== undefined && end - begin !== needed)) {
    fail(
      `give tensor ${name} (${dtype} [${shape}]) ${size ? needed : 'at least 0'} bytes`,
      `${end - begin}`,
    );
  }
  return { dtype, shape, begin, end };
}

/** Checks that the tensors cover all bytes once. */
function requireCover(fail: Fail, tensors: Map<string, FileTensor>, length: number): void {
  const inOrder = [...tensors].toSorted(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let at = 0;
  for (const [name, { begin, end }] of inOrder) {
    if (begin !== at) {
      fail(
        `have no ${begin > at ? 'gaps' : 'overlaps'}: tensor ${name} must begin at byte ${at}`,
        `${begin}`,
      );
    }
    at = end;
  }
  if (at !== length) fail(`have ${at} bytes of values`, `${length}`);
}

/**
 * The values of a tensor as float32.
 *
 * @throws DataError if the number format is none of {@link Dtype}, or a value is not finite.
 */
export function valuesOf(op: string, file: SafetensorsFile, name: string): Float32Array {
  const { dtype, begin, end, shape } = file.tensors.get(name)!;
  const fail = (rule: string, got: string): never => {
    throw new DataError(`${op}: tensor ${name} [${shape}] must ${rule}, got ${got}`);
  };
  const { buffer, byteOffset } = file.data;
  const view = new DataView(buffer, byteOffset + begin, end - begin);
  const read = READERS[dtype as Dtype];
  if (!read) return fail(`be one of ${Object.keys(BYTES).join(', ')}`, dtype);
  const size = BYTES[dtype as Dtype];
  const values = new Float32Array((end - begin) / size);
  for (let i = 0; i < values.length; i++) values[i] = read(view, i * size);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) fail('hold finite numbers', `${values[wrong]} at position ${wrong}`);
  return values;
}

const BITS = new DataView(new ArrayBuffer(4));

const READERS: Record<Dtype, (view: DataView, at: number) => number> = {
  F32: (view, at) => view.getFloat32(at, true),
  F16: (view, at) => fromHalf(view.getUint16(at, true)),
  BF16: (view, at) => {
    // The upper half of a float32.
    BITS.setUint32(0, view.getUint16(at, true) << 16);
    return BITS.getFloat32(0);
  },
  F64: (view, at) => view.getFloat64(at, true),
  I64: (view, at) => Number(view.getBigInt64(at, true)),
};

/** A tensor to write. */
export interface WrittenTensor {
  name: string;
  dtype: 'F32' | 'F16';
  shape: number[];
  values: Float32Array;
}

/** Writes tensors as a file. `F32` comes first, so that all values are aligned. */
export function formatSafetensors(
  tensors: WrittenTensor[],
  metadata: Record<string, string>,
): Uint8Array {
  const inOrder = tensors.toSorted((a, b) => BYTES[b.dtype] - BYTES[a.dtype]);
  let length = 0;
  const entries = inOrder.map(({ name, dtype, shape, values }) => {
    const begin = length;
    length += BYTES[dtype] * values.length;
    return [name, { dtype, shape, data_offsets: [begin, length] }] as const;
  });
  const text = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) });
  const header = new TextEncoder().encode(text);
  // Spaces up to a multiple of 8 bytes.
  const padded = Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(PREFIX + padded + length).fill(0x20, PREFIX, PREFIX + padded);
  bytes.set(header, PREFIX);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(padded), true);
  let at = PREFIX + padded;
  for (const { dtype, values } of inOrder) {
    for (const value of values) {
      if (dtype === 'F32') view.setFloat32(at, value, true);
      else view.setUint16(at, toHalf(value), true);
      at += BYTES[dtype];
    }
  }
  return bytes;
}
