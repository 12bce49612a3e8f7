import Table from 'cli-table3';
import type { SpeedRow, Timing } from './measure.js';

/** Formats the rows for the terminal: the first contender's times, and the others' ratios. */
export function speedTable(rows: SpeedRow[], contenders: string[], peak: number | null): string {
  const [first, ...others] = contenders;
  const table = new Table({
    head: ['case', first!, 'GFLOP/s', ...others],
    colAligns: ['left', 'right', 'right', ...others.map(() => 'right' as const)],
    style: { head: [], border: [] },
  });
  let group = '';
  for (const row of rows) {
    if (row.case.group !== group) {
      group = row.case.group;
      table.push([{ content: group, colSpan: contenders.length + 2 }]);
    }
    const own = row.timings[first!];
    table.push([
      `  ${row.case.name}`,
      isTiming(own) ? formatTiming(own) : '–',
      isTiming(own) && own.gflops !== null ? formatRate(own.gflops, peak) : '',
      ...others.map((name) => formatRatio(row.timings[name])),
    ]);
  }
  return table.toString();
}

export function isTiming(timing: SpeedRow['timings'][string] | undefined): timing is Timing {
  return timing !== undefined && 'median' in timing;
}

/** `12.3 ms (11.9–14.0)`: median, tenth and ninetieth percentile. */
export function formatTiming({ median, low, high }: Timing): string {
  return `${formatMs(median)} ms (${formatMs(low)}–${formatMs(high)})`;
}

/** `31.4 (65 %)`: GFLOP/s, and their share of the peak of one core on cached data. */
export function formatRate(gflops: number, peak: number | null): string {
  const share = peak === null ? '' : ` (${Math.round((100 * gflops) / peak)} %)`;
  return `${gflops.toFixed(1)}${share}`;
}

/** `×3.2`: the time relative to the first contender. */
export function formatRatio(timing: SpeedRow['timings'][string] | undefined): string {
  if (timing === undefined) return '';
  return isTiming(timing) ? `×${timing.ratio.toPrecision(3)}` : 'cannot';
}

function formatMs(ms: number): string {
  return ms >= 100 ? ms.toFixed(0) : ms.toPrecision(3);
}
