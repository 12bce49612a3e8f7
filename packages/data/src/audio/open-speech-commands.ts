import path from 'node:path';
import { requireOptions, requireString } from '@ds/checks';
import { listSounds, readText } from './list-sounds.js';
import { folderName, type SoundDataset, soundDataset } from './sound-dataset.js';

/** Options of {@link openSpeechCommands}. */
export interface SpeechCommandsOptions {
  folder: string;
}

/**
 * Speech Commands v2 (Warden 2018, arXiv 1804.03209): `<word>/<speaker>_nohash_<n>.wav`, split by its own lists
 * `validation_list.txt` and `testing_list.txt`; task `word`, sources are speakers. `_background_noise_` is left out. Only names are
 * read. Node only.
 *
 * @throws Error if a list or the sounds are missing, or the lists put a speaker on two sides.
 */
export async function openSpeechCommands(options: SpeechCommandsOptions): Promise<SoundDataset> {
  const op = 'openSpeechCommands';
  requireOptions<SpeechCommandsOptions>(op, 'options', options, { folder: requireString }, [
    'folder',
  ]);
  const { folder } = options;
  const list = async (name: string) => {
    const text = await readText(op, path.join(folder, name), `the list ${name} of Speech Commands`);
    return new Set(text.split('\n').map((line) => line.trim()));
  };
  const [validation, test] = [await list('validation_list.txt'), await list('testing_list.txt')];
  const files = (await listSounds(op, folder)).filter((file) => !file.startsWith('_'));
  return soundDataset(op, {
    name: folderName(folder),
    tasks: ['word'],
    split: 'by validation_list.txt and testing_list.txt, which keep each speaker on one side',
    found: files.map((file) => {
      const [word, name] = file.split('/');
      if (!name) throw new Error(`${op}: ${file} must be in the folder of its word`);
      return {
        file: path.join(folder, file),
        labels: [word!],
        source: name.split('_nohash_')[0]!,
        side: test.has(file) ? 'test' : validation.has(file) ? 'validation' : 'train',
      };
    }),
  });
}
