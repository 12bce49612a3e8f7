import { type Command, InvalidArgumentError } from 'commander';
import { count, filePath, numberThat, positive } from '../command-line/flags.js';
import { withImports } from '../poolings/import-poolings.js';
import type { ClassifyFlags } from './classify-flags.js';

/**
 * Adds `classify`, which classifies pictures or sounds with a trained run: one sound as a whole, or
 * sounds of any length by time.
 */
export function addClassifyCommand(program: Command): void {
  withImports(program.command('classify <files...>'))
    .description(
      'classify picture files (JPEG, PNG, WebP, AVIF, GIF, TIFF) or sound files (WAV, FLAC, MP3, ' +
        'Ogg), or all below a folder, with a network trained on such files; of sounds, several files, ' +
        'a folder, and the flags --window, --hop and --output give a table by time',
    )
    .requiredOption('--run <folder>', 'folder of the trained run: <output>/runs/<id>', filePath)
    .option(
      '--top <count>',
      'classes to print for each task of a picture, sound or window (default: 3 for one file, ' +
        'else 1; with several labels: all that reach --threshold)',
      count,
    )
    .option(
      '--threshold <probability>',
      'sounds with several labels: print labels with at least this probability (default: 0.5)',
      probability,
    )
    .option(
      '--window <seconds>',
      'sounds: length of a window (default: the training window)',
      positive,
    )
    .option(
      '--hop <seconds>',
      'sounds: from one window’s start to the next (default: half)',
      positive,
    )
    .option('--output <file>', 'write the table to a .csv or .json file', tableFile)
    .option('--json', 'print the result as JSON', false)
    .action(async (files: string[], flags: ClassifyFlags) => {
      const { classifyFiles } = await import('./classify-files.js');
      await classifyFiles(files, flags);
    });
}

/** Parses a probability. */
const probability = numberThat('in [0, 1]', (value) => value >= 0 && value <= 1);

/** Parses the path of a table, which says its form by its ending. */
function tableFile(text: string): string {
  if (/\.(csv|json)$/i.test(filePath(text))) return text;
  throw new InvalidArgumentError(`must end with .csv or .json, got '${text}'`);
}
