import { type Command, InvalidArgumentError } from 'commander';
import { count, filePath, number, positive } from '../flags.js';
import { withImports } from '../import-poolings.js';
import type { ClassifyFlags } from './classify-files.js';

/**
 * Adds `classify`, which classifies sounds with a trained run: one file as a whole, or files of any
 * length by time.
 */
export function addClassifyCommand(program: Command): void {
  withImports(program.command('classify <sounds...>'))
    .description(
      'classify sound files (WAV, FLAC, MP3, Ogg), or all below a folder, with a network trained ' +
        'on sounds; several files, a folder, and the flags --window, --hop and --output give a table by time',
    )
    .requiredOption(
      '--run <folder>',
      "folder of the trained run: <output>/runs/<id> of 'table audio' or 'train'",
      filePath,
    )
    .option('--top <count>', 'number of classes to print for each task', count, 3)
    .option(
      '--threshold <probability>',
      'several labels: print labels with at least this probability',
      probability,
      0.5,
    )
    .option('--window <seconds>', 'length of a window (default: the training window)', positive)
    .option('--hop <seconds>', 'from one window’s start to the next (default: half)', positive)
    .option('--output <file>', 'write the table by time to a .csv or .json file', tableFile)
    .option('--json', 'print the result as JSON', false)
    .action(async (sounds: string[], flags: ClassifyFlags) => {
      const { classifyFiles } = await import('./classify-files.js');
      await classifyFiles(sounds, flags);
    });
}

function probability(text: string): number {
  const value = number(text);
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError(`must be in [0, 1], got '${text}'`);
}

/** Parses the path of a table, which says its form by its ending. */
function tableFile(text: string): string {
  if (/\.(csv|json)$/i.test(filePath(text))) return text;
  throw new InvalidArgumentError(`must end with .csv or .json, got '${text}'`);
}
