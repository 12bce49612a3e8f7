import { DataError } from '@ds/checks';
import type { FormatEnum } from 'sharp';
import { noteOnce, type OnNote } from './note-once.js';
import type { Crop } from './random-resized-crop.js';
import { readChecked } from './read-checked.js';

/** Decodes an image file, crops it and resizes the crop to a square of `size` pixels: RGB bytes, interleaved. */
export type DecodeImage = (
  file: string,
  size: number,
  crop: (width: number, height: number) => Crop,
  onNote?: OnNote,
) => Promise<Uint8Array>;

const OP = 'imageFolderBatches';

/** The most pixels of an image. A small file can claim any number, and cost all memory. */
const MOST_PIXELS = 2 ** 27;

/** What is decoded, by content. AVIF is the kind of HEIF that can be read here. */
const FORMATS: (keyof FormatEnum)[] = ['jpeg', 'png', 'webp', 'heif', 'gif', 'tiff'];

/**
 * A decoder of JPEG, PNG, WebP, AVIF, GIF and TIFF by `sharp` (libvips), on threads of its own. Loaded here and not at
 * import, since only those who read image files need it.
 *
 * In this order: the first frame or page of several; the turn that EXIF says; sRGB, of CMYK and of profiles too, at 8
 * bits, of which 16 keep the upper ones; transparent pixels over white; the crop; the new size. SVG is not drawn.
 *
 * @throws Error that says how to get sharp, if it is not installed. What it returns throws a DataError that names the file:
 *   it does not exist, is no regular file, no image of these kinds, cut short, or of more than 2^27 pixels.
 */
export async function imageDecoder(): Promise<DecodeImage> {
  const { default: sharp } = await import('sharp').catch((error) => {
    throw new Error("imageDecoder: reading image files needs sharp: 'npm install sharp'", {
      cause: error,
    });
  });
  return async (file, size, crop, onNote) => {
    const input = await readChecked(OP, file, 'an image file');
    const fail = (reason: string, cause?: unknown): never => {
      throw new DataError(
        `${OP}: ${file} (${input.length} bytes) cannot be decoded as an image: ${reason}`,
        { cause },
      );
    };
    const failed = (error: unknown) =>
      fail(error instanceof Error ? error.message : String(error), error);
    if (input.length === 0) fail('it is empty');
    // The limit is ours, so that the error names the size.
    const image = sharp(input, { failOn: 'truncated', limitInputPixels: false, autoOrient: true });
    const {
      format,
      width,
      height,
      orientation = 1,
      pages = 1,
    } = await image.metadata().catch(failed);
    if (!FORMATS.includes(format)) {
      fail(`it must be one of ${FORMATS.join(', ')}, got ${format}; convert it`);
    }
    if (width * height > MOST_PIXELS) {
      fail(`it must have at most ${MOST_PIXELS} pixels, got ${width}×${height}; make it smaller`);
    }
    if (pages > 1) {
      noteOnce(
        onNote,
        'frames',
        `${file}: the first of ${pages} frames is read, as of all files with several`,
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
