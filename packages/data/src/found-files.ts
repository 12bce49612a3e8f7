import { DataError } from '@ds/checks';
import { counted, firstOf } from './left-out.js';
import { emptyFolders, listFiles } from './list-files.js';

/** Files of one kind in a folder, and what was left out. */
export interface FoundFiles {
  /** Sorted paths relative to the folder, with slashes. */
  files: string[];
  /** What was left out, in sentences with counts. */
  notes: string[];
}

/** A kind of file. */
export interface FileKind {
  /** Such as `'sound files'`. */
  name: string;
  /** Matches the names of such files. */
  ending: RegExp;
  /** The endings in words. */
  endings: string;
}

/**
 * Lists the files of a kind below a folder, by the rules of {@link listFiles}.
 *
 * @throws DataError if the folder cannot be read or has no such file.
 */
export async function findFiles(op: string, folder: string, kind: FileKind): Promise<FoundFiles> {
  const listing = await listFiles(op, folder, kind.ending);
  const { files, left } = listing;
  if (files.length === 0) {
    throw new DataError(
      `${op}: ${folder} must hold ${kind.name} (${kind.endings}), got none${left.inBrackets()}`,
    );
  }
  const empty = emptyFolders(listing);
  const notes = left.sentences().map((sentence) => `${folder}: ${sentence}`);
  if (empty.length > 0) {
    notes.unshift(
      `${folder}: ${counted(empty.length, 'folder')} without ${kind.name} (${firstOf(empty)})`,
    );
  }
  return { files, notes };
}
