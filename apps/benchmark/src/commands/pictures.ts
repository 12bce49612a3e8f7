import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { useBackend } from '@ds/backend';
import { slice, type Tensor4D } from '@tensorflow/tfjs';
import Table from 'cli-table3';
import { type Command, Option } from 'commander';
import { stringify } from 'csv-stringify/sync';
import { collectDataFolder, type DataFolders } from '../data-folders.js';
import type { ExperimentReport } from '../experiments/experiment.js';
import { writePage } from '../experiments/write-report.js';
import { number } from '../flags.js';
import { readPictures } from '../pictures/picture.js';
import { distortions, REGION_KINDS, repeatedAverages } from '../pictures/regions.js';
import { type Distortion, regionsPage } from '../pictures/regions-report.js';
import { TRUNCATION_METHODS, truncationErrors } from '../pictures/truncation.js';
import { truncationPage } from '../pictures/truncation-report.js';
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

/** Images, or draws, over which errors are averaged. */
const COUNTS = {
  truncate: { quick: 16, full: 1000 },
  regions: { quick: 50, full: 2000 },
};

/** Adds `truncate` and `regions`: the pictures of the papers on spectral and on fractional pooling. */
export function addPictureCommands(program: Command): void {
  withPictureFlags(program.command('truncate'), 'runs/truncate')
    .description(
      'spectral against max pooling on one image at equal kept fractions, and the reconstruction error',
    )
    .action(truncate);
  withPictureFlags(program.command('regions'), 'runs/regions')
    .description(
      'the regions of fractional pooling, and an image averaged over them again and again',
    )
    .option('--ratio <number>', 'of input to output, in 1 … 2', number, 2 ** (1 / 3))
    .option('--times <count>', 'poolings in a row', number, 10)
    .action(regions);
}

function withPictureFlags(command: Command, folder: string): Command {
  return command
    .addOption(
      new Option('--preset <name>', 'how much is averaged over')
        .choices(['quick', 'full'])
        .default('quick'),
    )
    .option('--image <file>', 'JPEG, PNG, … (default: test images of CIFAR-10)')
    .option('--size <pixels>', 'side to which the middle of the file is brought', number, 256)
    .option('--data <folder>', 'of CIFAR-10', collectDataFolder, {})
    .option('--seed <number>', 'of the images drawn and of the regions', number, 1)
    .option('--output <folder>', 'for report, CSV and JSON', folder)
    .option('--json', 'the table as JSON on the standard output', false);
}

async function truncate(flags: PictureFlags): Promise<void> {
  await useBackend('wasm');
  const { images, name } = await readPictures(flags, COUNTS.truncate[flags.preset]);
  const [, height, width] = images.shape;
  const sides = evenSides(Math.min(height, width));
  const truncations = TRUNCATION_METHODS.flatMap((method) =>
    sides.map((side) => truncationErrors(images, side, method)),
  );
  const rows = truncations.map(({ side, kept, method, errors }) => ({
    method,
    side,
    kept: Number(kept.toFixed(5)),
    error: Number((errors.reduce((sum, error) => sum + error, 0) / errors.length).toFixed(5)),
    images: errors.length,
  }));
  const table = new Table({
    head: ['kept', 'side', ...TRUNCATION_METHODS],
    style: { head: [], border: [] },
  });
  for (const side of sides) {
    const of = (method: string) => rows.find((row) => row.side === side && row.method === method)!;
    table.push([
      `${(100 * of('max').kept).toFixed(1)} %`,
      side,
      ...TRUNCATION_METHODS.map((method) => `${(100 * of(method).error).toFixed(1)} %`),
    ]);
  }
  await finish(flags, {
    text: `${table.toString()}\nRelative reconstruction error, mean over ${rows[0]!.images} images.`,
    csv: stringify(rows, { header: true }),
    html: truncationPage(name, slice(images, 0, 1) as Tensor4D, truncations, commandLine()),
    rows,
  });
}

/** Even sides from 2 to the whole: all of a small image, two a doubling of a large one. */
function evenSides(size: number): number[] {
  const steps =
    size <= 64 ? Array.from({ length: Math.floor(size / 2) }, (_, i) => 2 * (i + 1)) : [];
  for (let side = 2; size > 64 && side <= size; side *= Math.SQRT2)
    steps.push(2 * Math.round(side / 2));
  return [...new Set(steps)];
}

async function regions(flags: PictureFlags & { ratio: number; times: number }): Promise<void> {
  const { ratio, times, seed } = flags;
  if (!(ratio > 1 && ratio <= 2)) throw new Error(`--ratio must be in (1, 2], got ${ratio}`);
  await useBackend('wasm');
  const { images, name } = await readPictures(flags, 1);
  const draws = COUNTS.regions[flags.preset];
  const options = { ratio, times, seed };
  const poolings = REGION_KINDS.map((kind) => repeatedAverages(images, kind, options));
  const bent: Distortion[] = REGION_KINDS.flatMap((kind) => {
    const each = Array.from({ length: draws }, (_, draw) =>
      distortions(images.shape[1], kind, { ratio, times, seed: seed + 1000 * draw }),
    );
    return each[0]!.map((_, time) => ({
      kind,
      time: time + 1,
      pixels: Math.sqrt(each.reduce((sum, draw) => sum + draw[time]! ** 2, 0) / draws),
    }));
  });
  const rows = bent.map(({ pixels, ...rest }) => ({
    ...rest,
    pixels: Number(pixels.toFixed(4)),
    draws,
  }));
  const table = new Table({ head: ['poolings', ...REGION_KINDS], style: { head: [], border: [] } });
  for (let time = 1; time <= bent.length / 2; time++) {
    table.push([
      time,
      ...REGION_KINDS.map((kind) => {
        const found = bent.find((point) => point.kind === kind && point.time === time)!;
        return `${found.pixels.toFixed(2)} px`;
      }),
    ]);
  }
  await finish(flags, {
    text: `${table.toString()}\nHow far repeated pooling bends an axis, root mean square over ${draws} draws.`,
    csv: stringify(rows, { header: true }),
    html: regionsPage({ name, ratio, draws }, images, poolings, bent, commandLine()),
    rows,
  });
}

function commandLine(): string {
  return `ds-benchmark ${process.argv.slice(2).join(' ')}`;
}

async function finish({ output, json }: PictureFlags, report: ExperimentReport): Promise<void> {
  const file = await writePage(report, output);
  const address = pathToFileURL(path.resolve(file));
  process.stdout.write(
    json ? `${JSON.stringify(report.rows)}\n` : `${visibleText(report.text)}\nReport: ${address}\n`,
  );
}
