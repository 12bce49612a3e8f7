import Table from 'cli-table3';

/** A shape, and the time of each contender. */
export interface FftRow {
  group: string;
  shape: number[];
  /** Milliseconds: median, tenth and ninetieth percentile. */
  times: Record<string, { median: number; low: number; high: number; ratio: number } | null>;
}

export type FftResult = {
  date: string;
  machine: string;
  command: string;
  contenders: { name: string; version: string }[];
  rows: FftRow[];
};

/** A table row: the shape, the first contender's times, and the others' ratios to them. */
export function cells({ shape, times }: FftRow, [first, ...others]: string[]): string[] {
  const own = times[first!]!;
  return [
    shape.join('×'),
    `${micros(own.median)} µs (${micros(own.low)}–${micros(own.high)})`,
    ...others.map((name) => (times[name] ? `×${times[name].ratio.toPrecision(3)}` : '–')),
  ];
}

function micros(ms: number): string {
  const us = 1000 * ms;
  return us >= 100 ? us.toFixed(0) : us.toPrecision(3);
}

/** Formats the table for the terminal. */
export function fftTable({ rows, contenders }: FftResult): string {
  const names = contenders.map(({ name }) => name);
  const table = new Table({
    head: ['real transform of', ...names],
    style: { head: [], border: [] },
  });
  for (const row of rows) table.push(cells(row, names));
  return `${table}`;
}
