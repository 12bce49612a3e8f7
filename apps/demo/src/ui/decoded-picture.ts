/** The largest file accepted, in bytes. */
const LARGEST_FILE = 40_000_000;

/**
 * Decodes a picture file.
 *
 * @throws Error if the file is too large, or no picture that the browser knows
 */
export async function decodedPicture(file: Blob): Promise<ImageBitmap> {
  if (file.size > LARGEST_FILE) {
    throw new Error(
      `The file has ${Math.round(file.size / 1e6)} MB. ` +
        `It must have at most ${LARGEST_FILE / 1e6} MB.`,
    );
  }
  try {
    return await createImageBitmap(file);
  } catch {
    throw new Error('The file could not be read as a picture. Use JPEG, PNG, WebP, AVIF or GIF.');
  }
}
