import { createHash } from 'node:crypto';
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

/**
 * Files that take ten seconds to compress, by the SHA-256 of their code, and their compressed sizes
 * in bytes. Any other file is compressed.
 */
const KNOWN: Record<string, number> = {
  // The speech model of ogg-opus-decoder, which hardly shrinks.
  d97620a8e8373fd59999cdf5c01dc827bf4d9fbd85461026296eef8c5cbfa34f: 2_759_024,
};

/** The size of a file in bytes, compressed with Brotli. */
function compressedSize(code: string): number {
  const hash = createHash('sha256').update(code).digest('hex');
  return KNOWN[hash] ?? brotliCompressSync(code).length;
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
    const size: EntrySize = { whole: 0, initial: 0 };
    for (const { fileName, code } of chunks) {
      const bytes = compressedSize(code);
      size.whole += bytes;
      if (initial.has(fileName)) size.initial += bytes;
    }
    return size;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
