// Compiles the module of `@ds/fft/simd`. Its source is in `@ds/kernels`, whose kernels on tensors
// use it too. Writes `src/simd/build.ts`, which names the build.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { buildOf, stamped, writeChanged } from '../../../scripts/stamp-wasm.mjs';

const dist = fileURLToPath(new URL('../dist', import.meta.url));
const kernels = fileURLToPath(new URL('../../kernels', import.meta.url));
const written = new Map();
const { error, stderr } = await asc.main(
  [
    'src/fft/assembly/index.ts',
    ...['--config', 'src/wasm/assembly/asconfig.json', '--target', 'simd'],
    ...['--baseDir', kernels, '--outFile', 'fft.wasm'],
  ],
  { writeFile: (name, contents) => written.set(path.basename(name), contents) },
);
if (error) throw new Error(`${error.message}\n${stderr}`);
mkdirSync(dist, { recursive: true });
const bytes = written.get('fft.wasm');
const build = buildOf(bytes);
writeFileSync(path.join(dist, 'fft.wasm'), stamped(bytes, build));
const source = `// Written by \`scripts/build-wasm.mjs\`. Do not edit it.

/** The mark of \`fft.wasm\`. A module with another mark belongs to other JavaScript. */
export const BUILD = '${build}';
`;
writeChanged(fileURLToPath(new URL('../src/simd/build.ts', import.meta.url)), source);
