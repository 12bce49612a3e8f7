import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Command, Option } from 'commander';
import { cifarOption } from '../command-line/data-option.js';
import { count, filePath, integer, pictureSide, positive } from '../command-line/flags.js';
import type { DataFolders } from '../data/data-folders.js';
import type { ExperimentReport } from '../experiments/experiment-report.js';
import { maskedCommand } from '../queue/masked-address.js';
import { claimOutput } from '../run-folder/output-folder.js';
import { requireNoExperiment } from '../run-folder/protected-output.js';
import { columnsOf, fitted } from '../text/terminal-width.js';
import { visibleText } from '../text/visible-text.js';

interface PictureFlags {
  preset: 'quick' | 'full';
  image?: string;
  size: number;
  data: DataFolders;
  seed: number;
  output: string;
  json: boolean;
}

/** Adds `truncate` and `regions`: figures of the papers on spectral and fractional pooling. */
export function addPictureCommands(program: Command): void {
  withPictureFlags(program.command('truncate'), 'runs/truncate')
    .description(
      'compare spectral and max pooling of an image at equal kept fractions, ' +
        'and their reconstruction errors',
    )
    .action(async (flags: PictureFlags) => {
      const { makeTruncation } = await import('./make-truncation.js');
      await reportPictures(flags, (command) => makeTruncation(flags, flags.preset, command));
    });
  withPictureFlags(program.command('regions'), 'runs/regions')
    .description('show the regions of fractional pooling, and an image after repeated pooling')
    .option('--ratio <number>', 'ratio of input to output size, in (1, 2]', positive, 2 ** (1 / 3))
    .option('--times <count>', 'number of successive poolings', count, 10)
    .action(async (flags: PictureFlags & { ratio: number; times: number }) => {
      const { makeRegions } = await import('./make-regions.js');
      await reportPictures(flags, (command) => makeRegions(flags, flags.preset, command));
    });
}

function withPictureFlags(command: Command, folder: string): Command {
  return command
    .addOption(
      new Option('--preset <name>', 'number of images or draws in the means')
        .choices(['quick', 'full'])
        .default('quick'),
    )
    .option('--image <file>', 'JPEG, PNG, … (default: test images of CIFAR-10)', filePath)
    .option(
      '--size <pixels>',
      'side of the picture after a centre crop and resize',
      pictureSide,
      256,
    )
    .addOption(cifarOption().conflicts('image'))
    .option('--seed <number>', 'seed of the drawn images and of the regions', integer, 1)
    .option('--output <folder>', 'folder for report, CSV and JSON', filePath, folder)
    .option('--json', 'print the table as JSON', false);
}

async function reportPictures(
  { output, json }: PictureFlags,
  make: (command: string) => Promise<ExperimentReport>,
): Promise<void> {
  const { writePage } = await import('../experiments/write-report.js');
  const release = await claimOutput(output);
  try {
    requireNoExperiment(output);
    const report = await make(maskedCommand(process.argv.slice(2)));
    const file = await writePage(report, output);
    const address = pathToFileURL(path.resolve(file));
    process.stdout.write(
      json
        ? `${JSON.stringify(report.rows)}\n`
        : `${fitted(visibleText(report.text), columnsOf(process.stdout))}\nReport: ${address}\n`,
    );
  } finally {
    await release();
  }
}
