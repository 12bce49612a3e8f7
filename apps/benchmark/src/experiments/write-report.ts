import { rm } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder, writeFileWhole } from '@ds/train/checkpoints';
import { CLASS_FILES, classFiles } from '../class-test/class-files.js';
import { withoutPreviews } from '../class-test/class-test.js';
import type { RunResult } from '../run/run-result.js';
import { visibleText } from '../text/visible-text.js';
import type { ExperimentReport } from './experiment-report.js';

/**
 * Writes `report.html`, `table.csv` and `table.json`. Returns the path of the first. `mayWrite` is
 * called before each temporary file is written, and again before it is renamed.
 *
 * @throws Error that names the file and the disk if the write fails. Errors of `mayWrite` pass
 *   through.
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

/**
 * Writes the files of {@link writePage}, and `results.json` with the results of all runs. If a run
 * has a test by class, also writes `classes.csv` and `confusion.csv`; otherwise removes them.
 */
export async function writeReport(
  report: ExperimentReport,
  results: RunResult[],
  folder: string,
  mayWrite: () => void = () => {},
): Promise<string> {
  const file = await writePage(report, folder, mayWrite);
  const write = (name: string, text: string) =>
    writeFileWhole(path.join(folder, name), text, { mayWrite });
  const files = classFiles(results);
  for (const [name, text] of Object.entries(files)) await write(name, visibleText(text));
  // Those of an earlier report are of other runs.
  for (const name of CLASS_FILES.filter((one) => !(one in files))) {
    mayWrite();
    await rm(path.join(folder, name), { force: true });
  }
  // The pictures and sounds are in the report, and in the folders of the runs.
  await write('results.json', json(results.map(withoutMedia)));
  return file;
}

function withoutMedia({ classTest, ...result }: RunResult): RunResult {
  return { ...result, ...(classTest && { classTest: withoutPreviews(classTest) }) };
}

/** Serialises a value as JSON, with all control characters escaped. */
function json(value: unknown): string {
  return visibleText(JSON.stringify(value, null, 1));
}
