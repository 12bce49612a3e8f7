import { DataError } from '@ds/checks';
import { counted, firstOf } from '../left-out.js';
import { emptyFolders, listFiles } from '../list-files.js';
import { SOUND_ENDING, SOUND_ENDINGS } from './sound-format.js';

/** The sound files of a folder, and what was left out. */
export interface SoundListing {
  /** Sorted paths relative to the folder, with slashes. */
  files: string[];
  /** What was left out, in sentences with counts. */
  notes: string[];
}

/**
 * Lists the sound files below a folder (WAV, FLAC, MP3, Ogg), by the rules of {@link listFiles}.
 *
 * @throws DataError if the folder cannot be read or has no sound file.
 */
export async function listSounds(op: string, folder: string): Promise<SoundListing> {
  const listing = await listFiles(op, folder, SOUND_ENDING);
  const { files, left } = listing;
  if (files.length === 0) {
    throw new DataError(
      `${op}: ${folder} must hold sound files (${SOUND_ENDINGS}), got none${left.inBrackets()}`,
    );
  }
  const empty = emptyFolders(listing);
  const notes = left.sentences().map((sentence) => `${folder}: ${sentence}`);
  if (empty.length > 0) {
    notes.unshift(
      `${folder}: ${counted(empty.length, 'folder')} without sound files (${firstOf(empty)})`,
    );
  }
  return { files, notes };
}
