import { requireString } from '@ds/checks';
import { listSounds, type SoundListing } from './list-sounds.js';

/**
 * Lists the sound files below a folder: WAV, FLAC, MP3 and Ogg. Hidden and system files are left
 * out, and links are followed. Node only.
 *
 * @throws DataError if the folder cannot be read or has no sound file.
 */
export async function soundFiles(folder: string): Promise<SoundListing> {
  requireString('soundFiles', 'folder', folder);
  return listSounds('soundFiles', folder);
}
