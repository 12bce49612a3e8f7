import { readFile } from 'node:fs/promises';

/**
 * A file's bytes.
 *
 * @throws Error `op: file cannot be read; expected …`
 */
export async function readChecked(op: string, file: string, expected: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new Error(`${op}: ${file} cannot be read; expected ${expected}`, { cause: error });
  }
}
