import Table from 'cli-table3';
import { stringify } from 'csv-stringify/sync';
import type { ExperimentReport } from '../experiments/experiment-report.js';
import { useOwnBackend } from '../process/own-backend.js';
import { type PictureSource, readPictures } from './picture.js';
import { distortions, REGION_KINDS, repeatedAverages } from './regions.js';
import { type Distortion, regionsPage } from './regions-page.js';

/** A picture, the ratio of input to output of each pooling, and the number of poolings. */
export interface RegionsSource extends PictureSource {
  ratio: number;
  times: number;
}

/** Number of draws in the mean errors. */
const COUNTS = { quick: 50, full: 2000 };

/**
 * Applies fractional pooling to a picture repeatedly, and writes the report.
 *
 * @throws Error if the ratio is out of its range.
 */
export async function makeRegions(
  source: RegionsSource,
  preset: keyof typeof COUNTS,
  command: string,
): Promise<ExperimentReport> {
  const { ratio, times, seed } = source;
  if (!(ratio > 1 && ratio <= 2)) throw new Error(`--ratio must be in (1, 2], got ${ratio}`);
  await useOwnBackend('wasm');
  const { images, name } = await readPictures(source, 1);
  const draws = COUNTS[preset];
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
  const done = bent.length / REGION_KINDS.length;
  const table = new Table({ head: ['poolings', ...REGION_KINDS], style: { head: [], border: [] } });
  for (let time = 1; time <= done; time++) {
    table.push([
      time,
      ...REGION_KINDS.map((kind) => {
        const found = bent.find((point) => point.kind === kind && point.time === time)!;
        return `${found.pixels.toFixed(2)} px`;
      }),
    ]);
  }
  const note =
    done < times ? `After ${done} of ${times} poolings, the picture cannot be pooled again.\n` : '';
  return {
    text:
      `${table.toString()}\n${note}Distortion of an axis after repeated pooling, ` +
      `root mean square over ${draws} draws.`,
    csv: stringify(rows, { header: true }),
    html: regionsPage({ name, ratio, draws }, images, poolings, bent, command),
    rows,
  };
}
