import { DataError } from '@ds/checks';
import type { DepthEnum, FormatEnum } from 'sharp';
import { noteOnce, type OnNote } from './note-once.js';
import type { Crop } from './random-resized-crop.js';
import { readChecked } from './read-checked.js';

/** Decodes an image file, crops it and resizes the crop to `size`×`size` interleaved RGB bytes. */
export type DecodeImage = (
  file: string,
  size: number,
  crop: (width: number, height: number) => Crop,
  onNote?: OnNote,
) => Promise<Uint8Array>;

/** The largest number of pixels. A small file can claim any number and fill the memory. */
const MOST_PIXELS = 2 ** 27;

/** Formats to decode, detected by content. AVIF is the only readable kind of HEIF. */
const FORMATS: (keyof FormatEnum)[] = ['jpeg', 'png', 'webp', 'heif', 'gif', 'tiff'];

/**
 * libvips clips samples of other types to bytes. Then a TIFF of floats from 0 to 1 would be black.
 */
const DEPTHS: (keyof DepthEnum)[] = ['uchar', 'ushort'];

/**
 * Creates a decoder of JPEG, PNG, WebP, AVIF, GIF and TIFF on `sharp` (libvips), which runs in its
 * own threads. `sharp` is imported on the first call, because only readers of image files need it.
 *
 * The decoder works in this order: take the first frame or page; rotate by EXIF; convert to sRGB,
 * also from CMYK and colour profiles; reduce 16 bits to the upper 8; put transparent pixels on
 * white; crop; resize. SVG is not supported.
 *
 * @param op the function that errors name.
 * @throws Error with the install command, if sharp is not installed. The decoder throws a DataError
 *   that names the file, if it does not exist, is not a regular file, is not an image of these
 *   formats, is truncated, has samples that are floats, signed or longer than 16 bits, or has more
 *   than 2^27 pixels.
 */
export async function imageDecoder(op: string): Promise<DecodeImage> {
  const { default: sharp } = await import('sharp').catch((error) => {
    throw new Error(`${op}: reading image files needs sharp: 'npm install sharp'`, {
      cause: error,
    });
  });
  return async (file, size, crop, onNote) => {
    const input = await readChecked(op, file, 'an image file');
    const fail = (reason: string, cause?: unknown): never => {
      throw new DataError(
        `${op}: ${file} (${input.length} bytes) cannot be decoded as an image: ${reason}`,
        { cause },
      );
    };
    const failed = (error: unknown) =>
      fail(error instanceof Error ? error.message : String(error), error);
    if (input.length === 0) fail('it is empty');
    // libvips has its own limit; this check names the size in the error.
    const image = sharp(input, { failOn: 'truncated', limitInputPixels: false, autoOrient: true });
    const {
      format,
      width,
      height,
      orientation = 1,
      pages = 1,
      depth,
    } = await image.metadata().catch(failed);
    if (!FORMATS.includes(format)) {
      fail(`it must be one of ${FORMATS.join(', ')}, got ${format}; convert it`);
    }
    if (!DEPTHS.includes(depth)) {
      fail(`its samples must be integers of at most 16 bits from 0 on, got ${depth}; convert it`);
    }
    if (width * height > MOST_PIXELS) {
      fail(`it must have at most ${MOST_PIXELS} pixels, got ${width}×${height}; make it smaller`);
    }
    if (pages > 1) {
      noteOnce(
        onNote,
        'frames',
        `${file}: only the first of ${pages} frames is read, here and in later files`,
      );
    }
    const isTurned = orientation >= 5;
    const { data, info } = await image
      .extract(isTurned ? crop(height, width) : crop(width, height))
      .flatten({ background: '#fff' })
      .resize(size, size, { fit: 'fill' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true })
      .catch(failed);
    if (info.channels !== 3) fail(`it must have 1, 3 or 4 channels, got ${info.channels}`);
    return data;
  };
}
