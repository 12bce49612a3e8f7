import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** Paths of all WAV files below a folder, relative to it and with slashes, in order. */
export async function listSounds(op: string, folder: string): Promise<string[]> {
  let entries: string[];
  try {
    entries = (await readdir(folder, { recursive: true })) as string[];
  } catch (error) {
    throw new Error(`${op}: ${folder} cannot be read; expected a folder`, { cause: error });
  }
  const files = entries
    .map((entry) => entry.replaceAll(path.sep, '/'))
    .filter((entry) => /\.wav$/i.test(entry))
    .sort();
  if (files.length === 0) throw new Error(`${op}: ${folder} must hold WAV files, got none`);
  return files;
}

/** A text file of a dataset. */
export async function readText(op: string, file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Error(`${op}: ${file} cannot be read; expected ${what}`, { cause: error });
  }
}
