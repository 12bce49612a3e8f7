import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { FoundFiles } from '@ds/data';
import { warn } from './warn.js';

/** Lists files, with the files below folders in place of the folders. */
export async function filesOf(
  paths: string[],
  findFiles: (folder: string) => Promise<FoundFiles>,
): Promise<string[]> {
  const lists = await Promise.all(
    paths.map(async (one) => {
      const found = await stat(one).catch(() => null);
      if (!found?.isDirectory()) return [one];
      const { files, notes } = await findFiles(one);
      notes.forEach(warn);
      return files.map((file) => path.join(one, file));
    }),
  );
  return lists.flat();
}
