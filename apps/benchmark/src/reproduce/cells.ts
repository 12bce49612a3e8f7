import { formatShare } from '../text/format.js';
import type { ReproducedRow } from './rows.js';

/** The columns of both tables. */
export const HEAD = ['run', 'stored', 're-made', 'difference', 'noise', ''];

/** A row's cells in the order of {@link HEAD}. */
export function cellsOf(row: ReproducedRow): string[] {
  const { name, stored, remade, noise, verdict, sameData } = row;
  const points = 100 * (remade - stored);
  const sign = points < 0 ? '−' : '+';
  return [
    name,
    formatShare(stored),
    formatShare(remade),
    verdict === 'equal' ? '0' : `${sign}${Math.abs(points).toFixed(2)}`,
    `±${(100 * noise).toFixed(2)}`,
    `${verdict}${sameData === false ? ', other data' : ''}`,
  ];
}

/** The number of runs with equal results. */
export function sentence(rows: ReproducedRow[]): string {
  const count = (verdict: ReproducedRow['verdict']) =>
    rows.filter((row) => row.verdict === verdict).length;
  return (
    `Of ${rows.length} ${rows.length === 1 ? 'run' : 'runs'}, ${count('equal')} equal the stored ` +
    `number, ${count('within noise')} differ within the noise of the test, and ` +
    `${count('different')} differ by more.`
  );
}
