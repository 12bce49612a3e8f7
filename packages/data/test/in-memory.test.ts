import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';

/** The paths and names of every module imported by a module, and of the module itself. */
async function importsOf(file: string, seen = new Set<string>()): Promise<Set<string>> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, from] of (await readFile(file, 'utf8')).matchAll(/from '([^']+)'/g)) {
    if (from!.startsWith('.')) {
      await importsOf(path.join(path.dirname(file), from!.replace(/\.js$/, '.ts')), seen);
    } else seen.add(from!);
  }
  return seen;
}

it('the browser entry imports no Node module', async () => {
  const imports = await importsOf(path.join(import.meta.dirname, '../src/in-memory.ts'));
  expect([...imports].filter((name) => name.startsWith('node:'))).toEqual([]);
  expect([...imports].some((name) => name.endsWith('batches.ts'))).toBe(true);
});
