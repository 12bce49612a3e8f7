import { details } from '../report/details.js';
import { htmlTable } from '../report/html-table.js';
import { page } from '../report/page.js';
import { part } from '../report/part.js';
import { protocol } from '../report/protocol.js';
import type { ReportContext } from '../report/report-context.js';
import type { RunResult } from '../run-result.js';
import { cellsOf, HEAD, sentence } from './cells.js';
import type { ReproducedRow } from './rows.js';

/** A self-contained HTML page of stored numbers beside those of the same runs, made again. */
export function reproducePage(
  title: string,
  rows: ReproducedRow[],
  runs: RunResult[],
  context: ReportContext,
): string {
  return page(`Made again: ${title}`, [
    <h1>Made again: {title}</h1>,
    protocol(runs, context),
    part('The table', () => htmlTable(HEAD, rows.map(cellsOf))),
    <p>{sentence(rows)}</p>,
    <p class="note">
      Test scores. A difference below the noise does not tell two networks apart on so many test
      examples (95 %). The same code, Node and kind of processor give equal numbers; others round
      differently, and a training amplifies this.
    </p>,
    details(runs, context),
  ]);
}
