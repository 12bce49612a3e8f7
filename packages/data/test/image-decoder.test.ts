import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { imageDecoder } from '../src/image-decoder.js';

let file: string;
beforeEach(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'image-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  file = path.join(folder, 'image.png');
});

/** The pixels of a file, resized to `size`×`size` without a crop, as [r, g, b]. */
async function decode(bytes: Uint8Array, size: number, onNote?: (note: string) => void) {
  await writeFile(file, bytes);
  const whole = (width: number, height: number) => ({ left: 0, top: 0, width, height });
  const data = await (await imageDecoder('imageFolderBatches'))(file, size, whole, onNote);
  return Array.from({ length: size * size }, (_, i) => [...data.subarray(3 * i, 3 * i + 3)]);
}

/** A PNG of 8×8 pixels of one colour at 16 bits. The colour type is PNG's number. */
function png16(type: 0 | 2 | 4 | 6, values: number[], [width, height] = [8, 8]): Buffer {
  const chunk = (name: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const whole = Buffer.alloc(body.length + 8);
    whole.writeUInt32BE(data.length, 0);
    body.copy(whole, 4);
    whole.writeUInt32BE(crc32(body), body.length + 4);
    return whole;
  };
  const pixel = Buffer.alloc(2 * values.length);
  values.forEach((value, i) => {
    pixel.writeUInt16BE(value, 2 * i);
  });
  const row = Buffer.concat([Buffer.of(0), ...Array<Buffer>(8).fill(pixel)]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width!, 0);
  header.writeUInt32BE(height!, 4);
  header.set([16, type], 8);
  return Buffer.concat([
    Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(Array<Buffer>(8).fill(row)))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The first values of TIFF's field SampleFormat: integers from 0 on, signed ones, and floats. */
type SampleFormat = 1 | 2 | 3;

/** A grey TIFF of 4×4 pixels, whose samples are the values of the array. */
function tiff(format: SampleFormat, values: ArrayBufferView): Buffer {
  const data = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  const begin = 8 + 2 + 9 * 12 + 4;
  const fields = [
    [256, 4],
    [257, 4],
    [258, data.length / 2],
    [259, 1],
    [262, 1],
    [273, begin],
    [278, 4],
    [279, data.length],
    [339, format],
  ];
  const head = Buffer.alloc(begin);
  head.write('II*');
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(fields.length, 8);
  fields.forEach(([tag, value], i) => {
    const at = 10 + 12 * i;
    head.writeUInt16LE(tag!, at);
    // One unsigned integer of 16 bits.
    head.writeUInt16LE(3, at + 2);
    head.writeUInt32LE(1, at + 4);
    head.writeUInt16LE(value!, at + 8);
  });
  return Buffer.concat([head, data]);
}

const raw = (pixels: number[][], width: number) =>
  sharp(Buffer.from(pixels.flat()), {
    raw: { width, height: pixels.length / width, channels: pixels[0]!.length as 3 | 4 },
  });

describe('transparent pixels', () => {
  it('become white, whatever colour they store', async () => {
    const half = raw(
      Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? [255, 0, 0, 255] : [0, 255, 0, 0])),
      4,
    );
    const pixels = await decode(await half.png().toBuffer(), 4);
    expect(pixels.slice(0, 4)).toEqual([
      [255, 0, 0],
      [255, 0, 0],
      [255, 255, 255],
      [255, 255, 255],
    ]);
  });

  it('are put on white before the resize', async () => {
    const spots = raw(
      Array.from({ length: 64 }, (_, i) =>
        (i + Math.floor(i / 8)) % 2 ? [0, 0, 0, 255] : [0, 0, 0, 0],
      ),
      8,
    );
    const [[grey = 0] = []] = await decode(await spots.png().toBuffer(), 1);
    expect(grey).toBeGreaterThan(120);
    expect(grey).toBeLessThan(136);
  });

  it('become white at 16 bits and in greyscale', async () => {
    expect((await decode(png16(4, [0, 32_768]), 1))[0]).toEqual([127, 127, 127]);
    expect((await decode(png16(6, [65_535, 0, 0, 0]), 1))[0]).toEqual([255, 255, 255]);
  });
});

it.each([
  [1, 'rg/bw'],
  [2, 'gr/wb'],
  [3, 'wb/gr'],
  [4, 'bw/rg'],
  [5, 'rb/gw'],
  [6, 'br/wg'],
  [7, 'wg/br'],
  [8, 'gw/rb'],
])('rotates an image of EXIF orientation %i', async (orientation, expected) => {
  const colours = { r: [255, 0, 0], g: [0, 255, 0], b: [0, 0, 255], w: [255, 255, 255] };
  const rows = [...'rrggrrggbbwwbbww'].map((one) => colours[one as 'r']);
  const turned = await raw(rows, 4).withMetadata({ orientation }).png().toBuffer();
  const pixels = await decode(turned, 4);
  const nameOf = (at: number) =>
    Object.entries(colours).find(([, value]) => `${value}` === `${pixels[at]}`)?.[0];
  expect(`${nameOf(0)}${nameOf(3)}/${nameOf(12)}${nameOf(15)}`).toBe(expected);
});

it('crops after the EXIF rotation', async () => {
  const tall = raw(Array<number[]>(8).fill([9, 9, 9]), 4);
  await writeFile(file, await tall.withMetadata({ orientation: 6 }).png().toBuffer());
  const sizes: number[][] = [];
  await (await imageDecoder('imageFolderBatches'))(file, 1, (width, height) => {
    sizes.push([width, height]);
    return { left: 0, top: 0, width, height };
  });
  expect(sizes).toEqual([[2, 4]]);
});

describe('other colour formats', () => {
  it('16 bits keep their upper 8', async () => {
    expect((await decode(png16(2, [65_535, 32_768, 1792]), 1))[0]).toEqual([255, 128, 7]);
    expect((await decode(png16(0, [25_700]), 1))[0]).toEqual([100, 100, 100]);
  });

  it('CMYK becomes RGB', async () => {
    const inks = await sharp({
      create: { width: 8, height: 8, channels: 3, background: { r: 0, g: 90, b: 160 } },
    })
      .toColourspace('cmyk')
      .jpeg({ quality: 100 })
      .toBuffer();
    expect((await sharp(inks).metadata()).space).toBe('cmyk');
    const [[red = 0, green = 0, blue = 0] = []] = await decode(inks, 1);
    expect(red).toBeLessThan(40);
    expect(Math.abs(green - 90)).toBeLessThan(15);
    expect(Math.abs(blue - 160)).toBeLessThan(15);
  });
});

it('reads the first of several frames, and notes it once', async () => {
  const frames = Buffer.alloc(4 * 8 * 3);
  frames.fill(255, 4 * 4 * 3);
  const film = sharp(frames, { raw: { width: 4, height: 8, channels: 3, pageHeight: 4 } });
  const bytes = await film.gif({ delay: [100, 100] }).toBuffer();
  const notes: string[] = [];
  const onNote = (note: string) => notes.push(note);
  expect((await decode(bytes, 1, onNote))[0]).toEqual([0, 0, 0]);
  await decode(bytes, 1, onNote);
  expect(notes).toEqual([`${file}: only the first of 2 frames is read, here and in later files`]);
});

describe('the decoder throws an error with the file name on', () => {
  const decoded = async (bytes: Uint8Array) =>
    decode(bytes, 1).then(
      () => 'decoded',
      (error: Error) => error.message.replace(file, '<file>'),
    );

  it('an image with too many pixels', async () => {
    expect(await decoded(png16(0, [0], [20_000, 20_000]))).toMatch(
      /^imageFolderBatches: <file> \(\d+ bytes\) cannot .* at most 134217728 pixels, got 20000×20000/,
    );
  });

  it('an SVG with any file name', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>';
    expect(await decoded(Buffer.from(svg))).toContain('got svg; convert it');
  });

  it.each<[string, SampleFormat, ArrayBufferView]>([
    ['float', 3, new Float32Array(16).fill(0.5)],
    ['uint', 1, new Uint32Array(16).fill(2 ** 31)],
    ['short', 2, new Int16Array(16).fill(20_000)],
    ['char', 2, new Int8Array(16).fill(-50)],
  ])('samples of type %s, which would be clipped', async (type, format, values) => {
    expect(await decoded(tiff(format, values))).toMatch(
      new RegExp(`samples must be integers of at most 16 bits from 0 on, got ${type}; convert it`),
    );
  });

  it('but not on a TIFF of 8 or 16 bits', async () => {
    expect(await decode(tiff(1, new Uint8Array(16).fill(128)), 1)).toEqual([[128, 128, 128]]);
    expect(await decode(tiff(1, new Uint16Array(16).fill(32_768)), 1)).toEqual([[128, 128, 128]]);
  });

  it('a truncated or empty file', async () => {
    const whole = await raw(
      Array.from({ length: 4096 }, (_, i) => [i % 251, (i * 7) % 256, (i * 13) % 256]),
      64,
    )
      .png()
      .toBuffer();
    expect(await decoded(whole.subarray(0, whole.length / 2))).toContain('cannot be decoded');
    expect(await decoded(Buffer.alloc(0))).toContain('(0 bytes) cannot be decoded');
  });

  it('a missing file, a pipe and a folder', async () => {
    const read = async () =>
      (await imageDecoder('imageFolderBatches'))(file, 1, () => expect.fail());
    const start = `imageFolderBatches: ${file} cannot be read; expected an image file, but it`;
    await expect(read()).rejects.toThrow(`${start} does not exist`);
    execFileSync('mkfifo', [file]);
    await expect(read()).rejects.toThrow(`${start} is a named pipe`);
    await rm(file);
    const folder = path.dirname(file);
    const asFile = (await imageDecoder('imageFolderBatches'))(folder, 1, () => expect.fail());
    await expect(asFile).rejects.toThrow('but it is a folder');
  });
});
