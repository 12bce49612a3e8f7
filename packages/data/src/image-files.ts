import { requireString } from '@ds/checks';
import { type FoundFiles, findFiles } from './found-files.js';

/** The names of image files. */
export const IMAGE_ENDING = /\.(jpe?g|png|webp|avif|gif|tiff?)$/i;

/**
 * Lists the image files below a folder: JPEG, PNG, WebP, AVIF, GIF and TIFF. Hidden and system
 * files are left out, and links are followed. Node only.
 *
 * @throws DataError if the folder cannot be read or has no image file.
 */
export async function imageFiles(folder: string): Promise<FoundFiles> {
  requireString('imageFiles', 'folder', folder);
  return findFiles('imageFiles', folder, {
    name: 'image files',
    ending: IMAGE_ENDING,
    endings: '.jpg, .png, .webp, .avif, .gif, .tiff',
  });
}
