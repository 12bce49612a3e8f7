import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

/** The files and packages that a source file imports, directly or through other files. */
function importsOf(file: URL, found = new Set<string>()): Set<string> {
  if (found.has(file.href)) return found;
  found.add(file.href);
  for (const [, name] of readFileSync(file, 'utf8').matchAll(/ from '([^']+)'/g)) {
    if (name!.startsWith('.')) importsOf(new URL(name!.replace(/\.js$/, '.ts'), file), found);
    else found.add(name!);
  }
  return found;
}

it.each(['simd', 'plan'])('@ds/fft/%s needs no tfjs', (entry) => {
  const imports = [...importsOf(new URL(`../src/${entry}.ts`, import.meta.url))];
  expect(imports.length).toBeGreaterThan(5);
  expect(imports.filter((name) => !name.startsWith('file:'))).toEqual(['@ds/checks']);
});
