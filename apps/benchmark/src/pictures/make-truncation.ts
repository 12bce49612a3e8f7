import { slice, type Tensor4D } from '@tensorflow/tfjs-core';
import Table from 'cli-table3';
import { stringify } from 'csv-stringify/sync';
import type { ExperimentReport } from '../experiments/experiment-report.js';
import { useOwnBackend } from '../process/own-backend.js';
import { type PictureSource, readPictures } from './picture.js';
import { TRUNCATION_METHODS, truncationErrors } from './truncation.js';
import { truncationPage } from './truncation-page.js';

/** Number of images in the mean errors. */
const COUNTS = { quick: 16, full: 1000 };

/** Reduces and restores pictures at every size by each method, and writes the report. */
export async function makeTruncation(
  source: PictureSource,
  preset: keyof typeof COUNTS,
  command: string,
): Promise<ExperimentReport> {
  await useOwnBackend('wasm');
  const { images, name } = await readPictures(source, COUNTS[preset]);
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
  return {
    text:
      `${table.toString()}\nRelative reconstruction error, ` +
      `mean over ${rows[0]!.images} images.`,
    csv: stringify(rows, { header: true }),
    html: truncationPage(name, slice(images, 0, 1) as Tensor4D, truncations, command),
    rows,
  };
}

/** Even sides from 2 to the full side. Large images get two sides per doubling only. */
function evenSides(size: number): number[] {
  const steps =
    size <= 64 ? Array.from({ length: Math.floor(size / 2) }, (_, i) => 2 * (i + 1)) : [];
  for (let side = 2; size > 64 && side <= size; side *= Math.SQRT2)
    steps.push(2 * Math.round(side / 2));
  return [...new Set(steps)];
}
