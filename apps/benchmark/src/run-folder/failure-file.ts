import { access, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The file of a run folder with the reason of a failure. A new attempt removes it. */
const FAILURE = 'failure.json';

/** Records why a run failed. A run that failed before it had a folder is not recorded. */
export async function writeFailure(folder: string, message: string): Promise<void> {
  try {
    await access(path.join(folder, 'config.json'));
    await writeFile(path.join(folder, FAILURE), `${JSON.stringify({ message }, null, 2)}\n`);
  } catch {
    // The run's own error is more important than a full disk.
  }
}

/** Forgets the failure of an earlier attempt. */
export async function removeFailure(folder: string): Promise<void> {
  await rm(path.join(folder, FAILURE), { force: true });
}

/** Why a run failed, or `null` if it did not fail. */
export async function failureOf(folder: string): Promise<string | null> {
  try {
    const { message } = JSON.parse(await readFile(path.join(folder, FAILURE), 'utf8'));
    return String(message);
  } catch {
    return null;
  }
}
