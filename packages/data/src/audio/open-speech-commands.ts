import path from 'node:path';
import { DataError, requireOptions, requireString } from '@ds/checks';
import { counted } from '../left-out.js';
import { readText } from '../read-text.js';
import { inOneForm } from '../unicode-forms.js';
import { listSounds } from './list-sounds.js';
import { folderName, type SoundDataset, soundDataset } from './sound-dataset.js';

/** Options of {@link openSpeechCommands}. */
export interface SpeechCommandsOptions {
  folder: string;
}

/**
 * Opens Speech Commands v2 (Warden 2018, arXiv 1804.03209): `<word>/<speaker>_nohash_<n>.wav`. The
 * published lists `validation_list.txt` and `testing_list.txt` define the split. The task is
 * `word`. Sources are speakers. `_background_noise_` is left out. No sound is read. `notes` reports
 * what was left out, and how many listed names have no file. Node only.
 *
 * @throws DataError if a list or the sounds are missing, a file is not in a word folder, or the
 *   lists put a file or a speaker on two sides.
 */
export async function openSpeechCommands(options: SpeechCommandsOptions): Promise<SoundDataset> {
  const op = 'openSpeechCommands';
  requireOptions<SpeechCommandsOptions>(op, 'options', options, { folder: requireString }, [
    'folder',
  ]);
  const { folder } = options;
  const list = async (name: string) => {
    const text = await readText(op, path.join(folder, name), `the list ${name} of Speech Commands`);
    const names = text.split('\n').map((line) => inOneForm(line.trim()));
    return new Set(names.filter((line) => line !== ''));
  };
  const [validation, test] = [await list('validation_list.txt'), await list('testing_list.txt')];
  const { files: all, notes } = await listSounds(op, folder);
  const files = all.filter((file) => !file.startsWith('_'));
  if (files.length < all.length) {
    notes.push(
      `${folder}: ${counted(all.length - files.length, 'file')} left out, ` +
        'of folders that begin with _',
    );
  }
  const there = new Set(files.map(inOneForm));
  for (const [list, names] of Object.entries({ validation, test })) {
    const absent = [...names].filter((name) => !there.has(name)).length;
    if (absent > 0) {
      notes.push(
        `${folder}: no file for ${absent} of ${counted(names.size, 'name')} in the ${list} list`,
      );
    }
  }
  return soundDataset(op, {
    name: folderName(folder),
    tasks: ['word'],
    split: 'by validation_list.txt and testing_list.txt, which keep each speaker on one side',
    notes,
    found: files.map((file) => {
      const [word, name, ...deeper] = file.split('/');
      if (!name || deeper.length > 0) {
        throw new DataError(`${op}: ${file} must be in a word folder, <word>/<clip>.wav`);
      }
      const listed = inOneForm(file);
      if (test.has(listed) && validation.has(listed)) {
        throw new DataError(`${op}: ${file} must be in one list, got it in both`);
      }
      return {
        file: path.join(folder, file),
        labels: [word!],
        source: name.split('_nohash_')[0]!,
        side: test.has(listed) ? 'test' : validation.has(listed) ? 'validation' : 'train',
      };
    }),
  });
}
