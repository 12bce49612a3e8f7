import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { RunResult } from '../run-result.js';
import { visibleText } from '../visible-text.js';
import type { ExperimentReport } from './experiment.js';

/** Writes `report.html`, `table.csv` and `table.json`; the path of the first. */
export async function writePage(report: ExperimentReport, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const html = path.join(folder, 'report.html');
  await writeFileAtomic(path.join(folder, 'table.json'), json(report.rows));
  await writeFileAtomic(path.join(folder, 'table.csv'), visibleText(report.csv));
  await writeFileAtomic(html, visibleText(report.html));
  return html;
}

/** The same, and `results.json` with every run's numbers. */
export async function writeReport(
  report: ExperimentReport,
  results: RunResult[],
  folder: string,
): Promise<string> {
  const file = await writePage(report, folder);
  await writeFileAtomic(path.join(folder, 'results.json'), json(results));
  return file;
}

/** JSON in which no control character is left as it is. */
function json(value: unknown): string {
  return visibleText(JSON.stringify(value, null, 1));
}
