import { DataError } from '@ds/checks';
import { counted, firstOf } from '../left-out.js';
import { emptyFolders, listFiles } from '../list-files.js';

/** The WAV files of a folder, and what was left out. */
export interface SoundListing {
  /** Sorted paths relative to the folder, with slashes. */
  files: string[];
  /** What was left out, in sentences with counts. */
  notes: string[];
}

/**
 * Lists the WAV files below a folder, by the rules of {@link listFiles}.
 *
 * @throws DataError if the folder cannot be read or has no WAV file.
 */
export async function listSounds(op: string, folder: string): Promise<SoundListing> {
  const listing = await listFiles(op, folder, /\.wav$/i);
  const { files, left } = listing;
  if (files.length === 0) {
    throw new DataError(`${op}: ${folder} must hold WAV files, got none${left.inBrackets()}`);
  }
  const empty = emptyFolders(listing);
  const notes = left.sentences().map((sentence) => `${folder}: ${sentence}`);
  if (empty.length > 0) {
    notes.unshift(
      `${folder}: ${counted(empty.length, 'folder')} without WAV files (${firstOf(empty)})`,
    );
  }
  return { files, notes };
}
