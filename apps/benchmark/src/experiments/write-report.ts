import path from 'node:path';
import { makeFolder, writeFileWhole } from '@ds/train/checkpoints';
import type { RunResult } from '../run-result.js';
import { visibleText } from '../visible-text.js';
import type { ExperimentReport } from './experiment-report.js';

/**
 * Writes `report.html`, `table.csv` and `table.json`. Returns the path of the first. `mayWrite` is
 * called before each is written, and right before it takes its place.
 *
 * @throws Error that names the file and the disk if it cannot be written whole, or what `mayWrite`
 *   throws.
 */
export async function writePage(
  report: ExperimentReport,
  folder: string,
  mayWrite: () => void = () => {},
): Promise<string> {
  await makeFolder(folder);
  const html = path.join(folder, 'report.html');
  const write = (file: string, text: string) => writeFileWhole(file, text, { mayWrite });
  await write(path.join(folder, 'table.json'), json(report.rows));
  await write(path.join(folder, 'table.csv'), visibleText(report.csv));
  await write(html, visibleText(report.html));
  return html;
}

/** The same, and `results.json` with every run's numbers. */
export async function writeReport(
  report: ExperimentReport,
  results: RunResult[],
  folder: string,
  mayWrite: () => void = () => {},
): Promise<string> {
  const file = await writePage(report, folder, mayWrite);
  await writeFileWhole(path.join(folder, 'results.json'), json(results), { mayWrite });
  return file;
}

/** JSON in which no control character is left as it is. */
function json(value: unknown): string {
  return visibleText(JSON.stringify(value, null, 1));
}
