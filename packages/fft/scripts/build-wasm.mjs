// Compiles the module of `@ds/fft/simd`. Its source is in `@ds/kernels`, whose kernels on tensors
// use it too.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

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
writeFileSync(path.join(dist, 'fft.wasm'), written.get('fft.wasm'));
