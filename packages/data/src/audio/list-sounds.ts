import { type FoundFiles, findFiles } from '../found-files.js';
import { SOUND_ENDING, SOUND_ENDINGS } from './sound-format.js';

/** The sound files of a folder, and what was left out. */
export type SoundListing = FoundFiles;

/**
 * Lists the sound files below a folder (WAV, FLAC, MP3, Ogg).
 *
 * @throws DataError if the folder cannot be read or has no sound file.
 */
export async function listSounds(op: string, folder: string): Promise<SoundListing> {
  return findFiles(op, folder, {
    name: 'sound files',
    ending: SOUND_ENDING,
    endings: SOUND_ENDINGS,
  });
}
