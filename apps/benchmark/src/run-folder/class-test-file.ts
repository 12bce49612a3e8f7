import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ClassTest } from '../class-test/class-test.js';
import { classTestSchema } from '../class-test/class-test-schema.js';

/** The name of the file in a run's folder. */
export const CLASS_TEST_FILE = 'test.json';

/**
 * Reads the test by class from a run's folder. Returns `undefined` if the folder has none: runs of
 * earlier versions have no such file. A damaged file, or one of another version, counts as none.
 */
export async function readClassTest(folder: string): Promise<ClassTest | undefined> {
  try {
    const text = await readFile(path.join(folder, CLASS_TEST_FILE), 'utf8');
    return classTestSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
