// Builds the JavaScript of the package in the current folder: one file for each entry of its
// `exports`, and one for each part that entries share or that is loaded later. Node spends two
// milliseconds on each file that it imports, and a program that uses all packages imported 480.
// `tsc` writes the declarations.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { rolldown } from 'rolldown';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = Object.values(manifest.exports)
  .filter((entry) => typeof entry === 'object')
  .map((entry) => entry.default.match(/^\.\/dist\/(.+)\.js$/)[1]);
// More files of their own: for the package's scripts, or small parts that load without the rest.
entries.push(...process.argv.slice(2));

const bundle = await rolldown({
  input: Object.fromEntries(entries.map((name) => [name, `src/${name}.ts`])),
  // Other packages stay imports, so that all of them share one copy of tfjs and of each other.
  external: (id) => !/^[./]/.test(id),
  preserveEntrySignatures: 'strict',
  // `sideEffects` in package.json names files of `dist`, and all of `src` is needed.
  treeshake: { moduleSideEffects: true },
});
// Parts of an earlier build may have had other names.
for (const file of readdirSync('dist', { recursive: true })) {
  if (/\.js(\.map)?$/.test(file)) rmSync(path.join('dist', file));
}
await bundle.write({
  dir: 'dist',
  format: 'esm',
  sourcemap: true,
  minifyInternalExports: false,
  entryFileNames: '[name].js',
  // Flat, so that a literal URL beside `src/index.ts` has the same folder in all files.
  chunkFileNames: '[name].js',
});
await bundle.close();
