import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'vite';

/** The size of an entry in bytes, compressed with Brotli. */
export interface EntrySize {
  /** All exports and their dependencies, without tfjs and vitest. */
  whole: number;
  /** The part that loads with the entry. Dynamic imports load the rest. */
  initial: number;
}

export async function entrySize(file: string): Promise<EntrySize> {
  const folder = await mkdtemp(path.join(tmpdir(), 'size-'));
  try {
    const entry = path.join(folder, 'entry.js');
    await writeFile(entry, `export * from ${JSON.stringify(file)};`);
    const outDir = path.join(folder, 'out');
    const built = await build({
      root: folder,
      configFile: false,
      logLevel: 'error',
      build: {
        outDir,
        minify: true,
        assetsInlineLimit: 0,
        rolldownOptions: {
          input: entry,
          preserveEntrySignatures: 'strict',
          // Packages on npm have the names of some built-in modules.
          external: [/^@tensorflow\//, /^vitest/, /^node:/, ...builtinModules],
        },
      },
    });
    const chunks = [built]
      .flat()
      .flatMap((result) => ('output' in result ? result.output : []))
      .filter((output) => output.type === 'chunk');
    const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
    const initial = new Set<string>();
    const load = (name: string) => {
      if (initial.has(name)) return;
      initial.add(name);
      byName.get(name)?.imports.forEach(load);
    };
    for (const { isEntry, fileName } of chunks) if (isEntry) load(fileName);
    const sizeOf = (wanted: typeof chunks) =>
      wanted.reduce((total, { code }) => total + brotliCompressSync(code).length, 0);
    return {
      whole: sizeOf(chunks),
      initial: sizeOf(chunks.filter(({ fileName }) => initial.has(fileName))),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
