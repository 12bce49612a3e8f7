import { requireString } from '@ds/checks';
import { type DecodeImage, imageDecoder } from './image-decoder.js';
import { type ImageInput, requireImageInput } from './image-input.js';
import type { OnNote } from './note-once.js';
import { centralCrop } from './random-resized-crop.js';
import { standardisation } from './standardisation.js';

/** What a network for images takes. */
export interface PreparedImage {
  /** The standardised pixels, row-major. */
  values: Float32Array;
  /** [1, height, width, 3]. */
  shape: [number, number, number, number];
}

let decoder: Promise<DecodeImage> | null = null;

/**
 * Prepares an image file for a trained network in any runtime, as in the evaluation of its training:
 * the central square of `crop` times the shorter side, resized to `size`×`size`, and
 * `(byte/255 − mean)/std` for each channel. Needs the package `sharp`. Node only.
 *
 * Before the crop, the image is rotated by EXIF and converted to sRGB of 8 bits. Transparent pixels
 * are put on white. Only the first of several frames or pages is read.
 *
 * Shapes: a file → [1, size, size, 3].
 *
 * @param onNote called if the file has several frames.
 * @throws ConfigError if the input is no description of a network for colour images.
 * @throws DataError that names the file, if it does not exist, is not a JPEG, PNG, WebP, AVIF, GIF or
 *   TIFF, is truncated, or has more than 2^27 pixels.
 */
export async function prepareImageFile(
  file: string,
  input: ImageInput,
  onNote?: OnNote,
): Promise<PreparedImage> {
  requireString('prepareImageFile', 'file', file);
  requireImageInput('prepareImageFile', input);
  const { size, crop, mean, std } = input;
  decoder ??= imageDecoder('prepareImageFile');
  const decode = await decoder.catch((error) => {
    decoder = null;
    throw error;
  });
  const square = (width: number, height: number) => centralCrop(width, height, crop);
  const bytes = await decode(file, size, square, onNote);
  const table = standardisation(mean, std);
  const values = Float32Array.from(bytes, (byte, i) => table[(i % 3) * 256 + byte]!);
  return { values, shape: [1, size, size, 3] };
}
