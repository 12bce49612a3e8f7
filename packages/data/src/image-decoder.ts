import { readFile } from 'node:fs/promises';
import type { Crop } from './random-resized-crop.js';

/** Decodes an image file, crops it and resizes the crop to a square of `size` pixels: RGB bytes, interleaved. */
export type DecodeImage = (
  file: string,
  size: number,
  crop: (width: number, height: number) => Crop,
) => Promise<Uint8Array>;

/**
 * A decoder of JPEG, PNG, WebP, AVIF, GIF and TIFF by `sharp` (libvips), on threads of its own. Loaded here and not at
 * import, since only those who read image files need it.
 *
 * @throws Error that says how to get it, if it is not installed.
 */
export async function imageDecoder(): Promise<DecodeImage> {
  const { default: sharp } = await import('sharp').catch((error) => {
    throw new Error("imageDecoder: reading image files needs sharp: 'npm install sharp'", {
      cause: error,
    });
  });
  return async (file, size, crop) => {
    let bytes = 0;
    try {
      const input = await readFile(file);
      bytes = input.length;
      const image = sharp(input, { failOn: 'truncated' });
      const { width, height } = await image.metadata();
      return await image
        .extract(crop(width, height))
        .resize(size, size, { fit: 'fill' })
        .toColourspace('srgb')
        .removeAlpha()
        .raw()
        .toBuffer();
    } catch (error) {
      throw new Error(
        `imageFolderBatches: ${file} (${bytes} bytes) cannot be decoded as an image: ${error instanceof Error ? error.message : error}`,
        { cause: error },
      );
    }
  };
}
