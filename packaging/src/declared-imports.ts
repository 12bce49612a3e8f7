import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { init, parse } from 'es-module-lexer';
import type { PublishedPackage } from './published-packages.js';

await init;

/**
 * The package name of an import specifier, such as `@ds/fft` for `@ds/fft/plan`. Null for a file or
 * a built-in module of Node.
 */
export function packageOf(specifier: string): string | null {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return null;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The packages that the published code and types import, each with one importing file. */
export function importedPackages({ folder }: PublishedPackage): Map<string, string> {
  const found = new Map<string, string>();
  const dist = path.join(folder, 'dist');
  for (const file of readdirSync(dist, { recursive: true }) as string[]) {
    if (!/\.(js|d\.ts)$/.test(file)) continue;
    for (const specifier of importsOf(readFileSync(path.join(dist, file), 'utf8'))) {
      const name = packageOf(specifier);
      if (name && !found.has(name)) found.set(name, file);
    }
  }
  return found;
}

/** The static and dynamic imports of a module whose specifiers are literals. */
function importsOf(code: string): string[] {
  const [imports] = parse(code);
  return imports.flatMap((found) =>
    'specifier' in found && found.specifier ? [found.specifier] : [],
  );
}
