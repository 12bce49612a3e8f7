// Builds the JavaScript of the package in the current folder: one file for each entry of its
// `exports`, and one for each part that entries share or that is loaded later. Node spends two
// milliseconds on each file that it imports, and a program that uses all packages imported 480.
// `tsc` writes the declarations, in the script `build`; a program runs without them.
//   node bundle.mjs [more entries] [--with <dependency>]
// More entries are files for the package's own scripts and threads, or small parts that load
// without the rest. A dependency of many files can be built in, if the package is not published.
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { rolldown } from 'rolldown';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { with: { type: 'string', multiple: true, default: [] } },
});
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = Object.values(manifest.exports ?? {})
  .filter((entry) => typeof entry === 'object')
  .map((entry) => entry.default.match(/^\.\/dist\/(.+)\.js$/)[1])
  .concat(positionals);
const sources = path.resolve('src');

const bundle = await rolldown({
  input: Object.fromEntries(entries.map((name) => [name, `src/${name}.ts`])),
  platform: values.with.length > 0 ? 'node' : 'browser',
  // Other packages stay imports, so that all of them share one copy of tfjs and of each other.
  external: (id, importer) =>
    !/^[./]/.test(id) && !values.with.includes(id) && (importer?.startsWith(sources) ?? false),
  preserveEntrySignatures: 'strict',
  // `sideEffects` in package.json names files of `dist`, and all of `src` is needed. So are imports
  // of packages for their effects: `import '@ds/layers'` registers layers.
  treeshake: { moduleSideEffects: (id, isExternal) => isExternal || id.startsWith(sources) },
});
// Parts of an earlier build may have had other names.
mkdirSync('dist', { recursive: true });
for (const file of readdirSync('dist', { recursive: true })) {
  if (/\.js(\.map)?$/.test(file)) rmSync(path.join('dist', file));
}
await bundle.write({
  dir: 'dist',
  format: 'esm',
  sourcemap: true,
  minifyInternalExports: false,
  entryFileNames: '[name].js',
  // Flat, so that a literal URL next to `src/index.ts` has the same folder in all files.
  chunkFileNames: '[name].js',
});
await bundle.close();
