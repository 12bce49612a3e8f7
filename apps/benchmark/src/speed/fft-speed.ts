import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { processorName } from '../process/processor-name.js';
import { maskedCommand } from '../queue/masked-address.js';
import { median } from '../statistics/median.js';
import { quantile } from '../statistics/quantile.js';
import { columnsOf, fitted } from '../text/terminal-width.js';
import { type FftContender, fftContenders } from './fft-contenders.js';
import { fftReport } from './fft-report.js';
import { type FftRow, fftTable } from './fft-table.js';

/** Timed shapes, by group. */
const GROUPS: Record<string, number[][]> = {
  'powers of two': Array.from({ length: 20 }, (_, i) => [2 ** (i + 1)]),
  'smooth lengths': [
    60, 105, 315, 360, 1000, 1001, 1155, 2187, 3125, 5000, 9009, 15_015, 28_561, 44_100, 59_049,
  ].map((n) => [n]),
  primes: [17, 61, 127, 509, 1009, 4099, 10_007, 65_537].map((n) => [n]),
  planes: [
    [512, 512],
    [64, 224, 224],
  ],
};

/** Minimum number of values in one try. Short transforms are repeated to reach it. */
const VALUES_A_TRY = 400_000;

/** Times real FFTs of all contenders and writes `fft.json` and `fft.html`. */
export async function fftSpeed(folder: string, tries: number): Promise<void> {
  const contenders = await fftContenders();
  try {
    const rows: FftRow[] = [];
    for (const [group, shapes] of Object.entries(GROUPS)) {
      for (const shape of shapes) {
        process.stderr.write(`${group}: ${shape.join('×')}\n`);
        rows.push({ group, shape, times: await timed(contenders, shape, tries) });
      }
    }
    const result = {
      date: new Date().toISOString(),
      machine: `${processorName()}, Node ${process.version}`,
      command: maskedCommand(process.argv.slice(2)),
      contenders: contenders.map(({ name, version }) => ({ name, version })),
      rows,
    };
    await mkdir(folder, { recursive: true });
    const report = path.join(folder, 'fft.html');
    await writeFile(path.join(folder, 'fft.json'), JSON.stringify(result, null, 1));
    await writeFile(report, fftReport(result));
    const text =
      `${fftTable(result)}\n×2 is twice as long as @ds/fft.\n` +
      `Report: ${pathToFileURL(path.resolve(report))}`;
    process.stdout.write(`${fitted(text, columnsOf(process.stdout))}\n`);
  } finally {
    await Promise.all(contenders.map((contender) => contender.close()));
  }
}

/** Times all contenders in turn, try by try. Ratios are medians of pairs. */
async function timed(
  contenders: FftContender[],
  shape: number[],
  tries: number,
): Promise<FftRow['times']> {
  const size = shape.reduce((product, n) => product * n, 1);
  const runs = Math.max(1, Math.floor(VALUES_A_TRY / size));
  const taken = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  // The first tries warm up.
  for (let attempt = -3; attempt < tries; attempt++) {
    for (const { name, time } of contenders) {
      const ms = await time(shape, runs);
      if (ms !== null && attempt >= 0) taken.get(name)!.push(ms);
    }
  }
  const own = taken.get(contenders[0]!.name)!;
  return Object.fromEntries(
    contenders.map(({ name }) => {
      const all = taken.get(name)!;
      if (all.length === 0) return [name, null];
      const ratio = median(all.map((ms, i) => ms / own[i]!));
      return [
        name,
        { median: median(all), low: quantile(all, 0.1), high: quantile(all, 0.9), ratio },
      ];
    }),
  );
}
