import { Argument, type Command } from 'commander';
import { dataOption } from '../command-line/data-option.js';
import { countOrZero, filePath } from '../command-line/flags.js';
import type { DataFolders } from '../data/data-folders.js';
import { STATISTICS_IMAGES } from '../network/statistics-images.js';
import { withImports } from '../poolings/import-poolings.js';
import { columnsOf, fitted } from '../text/terminal-width.js';
import { visibleText } from '../text/visible-text.js';

interface Flags {
  round: boolean;
  statistics: number;
  keepCustom: boolean;
  test: boolean;
  data: DataFolders;
  output?: string;
  json: boolean;
}

/** Adds `freeze`, which writes a trained run's network with constant strides. */
export function addFreezeCommand(program: Command): void {
  withImports(program.command('freeze'))
    .addArgument(new Argument('<run-folder>', 'folder of a trained run').argParser(filePath))
    .description(
      "write a trained run's network (<output>/runs/<id>) as a tfjs model of stock layers, with " +
        'its strides as constants, and print what this changes',
    )
    .option(
      '--round',
      'integer strides with maps near the learned ones: strided convolutions',
      false,
    )
    .option(
      '--statistics <examples>',
      'with --round: training examples on which the batch norms’ statistics are recomputed; 0 ' +
        'keeps those of the training, as --no-test does',
      countOrZero,
      STATISTICS_IMAGES,
    )
    .option('--keep-custom', 'keep layers that stock layers cannot replace', false)
    .option('--no-test', 'do not measure accuracy and shift consistency; needs no data')
    .addOption(dataOption())
    .option(
      '--output <folder>',
      'for model.json and weights.bin (default: frozen or rounded in the folder of the run)',
      filePath,
    )
    .option('--json', 'print the result as JSON', false)
    .action(async (folder: string, flags: Flags, command: Command) => {
      const isGiven = command.getOptionValueSource('statistics') === 'cli';
      if (isGiven && !(flags.round && flags.test)) {
        throw new Error('--statistics is for --round without --no-test');
      }
      if (command.getOptionValueSource('data') === 'cli' && !flags.test) {
        throw new Error('--data is for the test, and not with --no-test');
      }
      const { freezeRun } = await import('./freeze-run.js');
      const result = await freezeRun(folder, flags);
      if (flags.json) {
        process.stdout.write(`${visibleText(JSON.stringify(result))}\n`);
        return;
      }
      const { freezeTables } = await import('./freeze-tables.js');
      process.stdout.write(`${fitted(freezeTables(result), columnsOf(process.stdout))}\n`);
    });
}
