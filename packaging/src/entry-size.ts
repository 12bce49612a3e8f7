import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'vite';

/** Bytes, compressed by Brotli as servers send them, of everything that an entry exports with all it needs, tfjs and vitest apart. */
export async function entrySize(file: string): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), 'size-'));
  try {
    const entry = path.join(folder, 'entry.js');
    await writeFile(entry, `export * from ${JSON.stringify(file)};`);
    const outDir = path.join(folder, 'out');
    await build({
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
          external: [/^@tensorflow\//, /^vitest/, /^node:/],
        },
      },
    });
    let size = 0;
    for (const name of (await readdir(outDir, { recursive: true })) as string[]) {
      if (name.endsWith('.js'))
        size += brotliCompressSync(await readFile(path.join(outDir, name))).length;
    }
    return size;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
