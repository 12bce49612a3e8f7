import path from 'node:path';
import {
  DataError,
  requireFunction,
  requireNumber,
  requireOptions,
  requireString,
} from '@ds/checks';
import { listSounds } from './list-sounds.js';
import { type FoundClip, folderName, type SoundDataset, soundDataset } from './sound-dataset.js';
import { requireShare, sideOfSource } from './split-by-source.js';

/** Options of {@link openSoundFolder}. */
export interface SoundFolderOptions {
  folder: string;
  /** Fraction of sources to test on, if the folder has no `train/` and `test/`. Default 0.2. */
  testShare?: number;
  /** Maps a path inside the folder to its source, such as a recording. Default: the file itself. */
  sourceOf?: (file: string) => string;
}

/**
 * Opens a folder of class folders, `<class>/<clip>.wav` (or `.flac`, `.mp3`, `.ogg`), optionally
 * below `train/`, `test/` and `validation/`. Without these folders, a hash of each source assigns
 * its side. The task is `class`. No sound is read. `notes` reports what was left out. Node only.
 *
 * @throws DataError if there are no sounds, a sound has no class folder, or a side is empty.
 */
export async function openSoundFolder(options: SoundFolderOptions): Promise<SoundDataset> {
  const op = 'openSoundFolder';
  requireOptions<SoundFolderOptions>(
    op,
    'options',
    options,
    { folder: requireString, testShare: requireNumber, sourceOf: requireFunction },
    ['folder'],
  );
  const { folder, testShare = 0.2, sourceOf = (file) => file } = options;
  requireShare(op, testShare);
  const { files, notes } = await listSounds(op, folder);
  const isSplit = files.every((file) => /^(train|validation|test)\//.test(file));
  return soundDataset(op, {
    name: folderName(folder),
    tasks: ['class'],
    notes,
    split: isSplit
      ? 'by its folders train and test'
      : `by a hash of each source: ${100 * testShare} % of them test`,
    found: files.map((file) => {
      const parts = file.split('/');
      const label = parts.at(-2);
      if (parts.length !== (isSplit ? 3 : 2)) {
        throw new DataError(
          `${op}: ${file} must be ${isSplit ? '<side>/' : ''}<class>/<clip>.wav, ` +
            `got ${parts.length} parts`,
        );
      }
      const source = sourceOf(file);
      requireString(op, `sourceOf's result for ${file}`, source);
      const side = (isSplit ? parts[0] : sideOfSource(source, testShare)) as FoundClip['side'];
      return { file: path.join(folder, file), labels: [label!], source, side };
    }),
  });
}
