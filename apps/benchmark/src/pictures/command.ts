import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Command, Option } from 'commander';
import { collectDataFolder, type DataFolders } from '../data-folders.js';
import type { ExperimentReport } from '../experiments/experiment-report.js';
import { writePage } from '../experiments/write-report.js';
import { filePath, number } from '../flags.js';
import { claimOutput } from '../output-folder.js';
import { maskedCommand } from '../queue/masked-address.js';
import { columnsOf, fitted } from '../terminal-width.js';
import { visibleText } from '../visible-text.js';

interface PictureFlags {
  preset: 'quick' | 'full';
  image?: string;
  size: number;
  data: DataFolders;
  seed: number;
  output: string;
  json: boolean;
}

/** Adds `truncate` and `regions`: the pictures of the papers on spectral and on fractional pooling. */
export function addPictureCommands(program: Command): void {
  withPictureFlags(program.command('truncate'), 'runs/truncate')
    .description(
      'spectral against max pooling on one image at equal kept fractions, and the reconstruction error',
    )
    .action(async (flags: PictureFlags) => {
      const { makeTruncation } = await import('./make-truncation.js');
      await reportPictures(flags, (command) => makeTruncation(flags, flags.preset, command));
    });
  withPictureFlags(program.command('regions'), 'runs/regions')
    .description(
      'the regions of fractional pooling, and an image averaged over them again and again',
    )
    .option('--ratio <number>', 'of input to output, in 1 … 2', number, 2 ** (1 / 3))
    .option('--times <count>', 'poolings in a row', number, 10)
    .action(async (flags: PictureFlags & { ratio: number; times: number }) => {
      const { makeRegions } = await import('./make-regions.js');
      await reportPictures(flags, (command) => makeRegions(flags, flags.preset, command));
    });
}

function withPictureFlags(command: Command, folder: string): Command {
  return command
    .addOption(
      new Option('--preset <name>', 'how much is averaged over')
        .choices(['quick', 'full'])
        .default('quick'),
    )
    .option('--image <file>', 'JPEG, PNG, … (default: test images of CIFAR-10)', filePath)
    .option('--size <pixels>', 'side to which the middle of the file is brought', number, 256)
    .option('--data <folder>', 'of CIFAR-10', collectDataFolder, {})
    .option('--seed <number>', 'of the images drawn and of the regions', number, 1)
    .option('--output <folder>', 'for report, CSV and JSON', filePath, folder)
    .option('--json', 'the table as JSON on the standard output', false);
}

async function reportPictures(
  { output, json }: PictureFlags,
  make: (command: string) => Promise<ExperimentReport>,
): Promise<void> {
  const release = await claimOutput(output);
  try {
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
