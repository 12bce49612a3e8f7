import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { RunResult } from '../../src/run/run-result.js';
import { CLASS_TEST_FILE } from '../../src/run-folder/class-test-file.js';
import { runFolder } from '../../src/run-folder/run-folder.js';

/** Writes the folder of a run that has ended, without its model. Returns the folder. */
export async function writeStoredRun(
  output: string,
  { classTest, ...result }: RunResult,
): Promise<string> {
  const folder = await writeOpenRun(output, result, []);
  await writeFile(path.join(folder, 'summary.json'), JSON.stringify(result));
  if (classTest) await writeFile(path.join(folder, CLASS_TEST_FILE), JSON.stringify(classTest));
  return folder;
}

/** Writes the folder of a run that has not ended, with the test accuracies of its epochs. */
export async function writeOpenRun(
  output: string,
  { config }: RunResult,
  accuracies: (number | null)[],
): Promise<string> {
  const folder = runFolder(output, config);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'config.json'), JSON.stringify(config));
  const lines = accuracies.map((testAccuracy, epoch) =>
    JSON.stringify({ type: 'epoch', epoch, testAccuracy }),
  );
  const steps = '{"type":"step","step":0}\n{"type":"st';
  await writeFile(path.join(folder, 'metrics.jsonl'), `${lines.join('\n')}\n${steps}`);
  return folder;
}
