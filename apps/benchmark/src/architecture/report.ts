import Table from 'cli-table3';
import { stringify } from 'csv-stringify/sync';
import type { ExperimentReport } from '../experiments/experiment-report.js';
import { formatCount } from '../text/format.js';
import type { ArchitectureResult } from './learn-architecture.js';
import { architecturePage } from './page.js';
import { rowsOf } from './rows.js';

/** The learned sizes as a table for the terminal, as CSV and as a page. */
export function architectureReport(result: ArchitectureResult, command: string): ExperimentReport {
  const rows = rowsOf(result);
  const table = new Table({
    head: ['layer', 'size of', 'initial', 'final', 'kept'],
    style: { head: [], border: [] },
  });
  for (const row of rows) table.push(Object.values(row));
  return {
    text: `${table.toString()}\n${summary(result)}`,
    csv: stringify(rows, { header: true }),
    html: architecturePage(result, rows, summary(result), command),
    rows,
  };
}

/** What happened, in one sentence. */
function summary({
  dataset,
  images,
  budget,
  macs,
  testAccuracy,
  steps,
  planned,
  stopped,
}: ArchitectureResult): string {
  const accuracy = testAccuracy.at(-1);
  const done = stopped ? `stopped after ${steps.length} of ${planned}` : steps.length;
  return (
    `${dataset}, ${images} images, ${done} steps: ${formatCount(macs.initial)} → ` +
    `${formatCount(macs.final)} multiply-adds per image at a budget of ${formatCount(budget)}` +
    `${accuracy === undefined ? '' : `, ${(100 * accuracy).toFixed(1)} % test accuracy`}.`
  );
}
