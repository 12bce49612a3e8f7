import { requireFunction, requireString } from '@ds/checks';
import { placeImage } from './augmentation.js';
import { imageDecoder } from './image-decoder.js';
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

/**
 * Prepares an image file for a trained network in any runtime, as in the evaluation of its
 * training: the central square of `crop` times the shorter side, resized to `size`×`size`, and
 * `(byte/255 − mean)/std` for each channel. Needs the package `sharp`. Node only.
 *
 * Before the crop, the image is rotated by EXIF and converted to sRGB of 8 bits. Transparent pixels
 * are put on white. Only the first of several frames or pages is read.
 *
 * Shapes: a file → [1, size, size, 3].
 *
 * @param onNote called once, for the first file with several frames.
 * @throws ConfigError if the input does not describe a network for colour images.
 * @throws DataError that names the file, if it does not exist, is not a JPEG, PNG, WebP, AVIF, GIF
 *   or TIFF, is truncated, has samples that are floats, signed or longer than 16 bits, or has more
 *   than 2^27 pixels.
 */
export async function prepareImageFile(
  file: string,
  input: ImageInput,
  onNote?: OnNote,
): Promise<PreparedImage> {
  const op = 'prepareImageFile';
  requireString(op, 'file', file);
  requireImageInput(op, input);
  if (onNote !== undefined) requireFunction(op, 'onNote', onNote);
  const { size, crop, mean, std } = input;
  const decode = await imageDecoder(op);
  const square = (width: number, height: number) => centralCrop(width, height, crop);
  const bytes = await decode(file, size, square, onNote);
  const values = new Float32Array(bytes.length);
  const atRest = { top: 0, left: 0, mirrored: false };
  placeImage(bytes, [size, size, 3], atRest, standardisation(mean, std), values);
  return { values, shape: [1, size, size, 3] };
}
