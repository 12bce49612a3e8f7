// Compiles the AssemblyScript of all kernels to two WebAssembly modules, with SIMD and with relaxed
// SIMD. Writes `src/wasm/kernel-exports.ts`, which declares the exports and the names of their
// arguments, and names the build.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { buildOf, stamped, writeChanged } from '../../../scripts/stamp-wasm.mjs';

const home = fileURLToPath(new URL('..', import.meta.url));
const at = (file) => path.join(home, file);

/** Compiles for one target. Returns the files that asc writes, by name. */
async function compile(target) {
  const written = new Map();
  const { error, stderr } = await asc.main(
    [
      'src/wasm/assembly/index.ts',
      ...['--config', 'src/wasm/assembly/asconfig.json', '--target', target],
      ...['--baseDir', home, '--outFile', `${target}.wasm`, '--bindings', 'raw'],
    ],
    { writeFile: (name, contents) => written.set(path.basename(name), contents) },
  );
  if (error) throw new Error(`${error.message}\n${stderr}`);
  return written;
}

/** Parses `name(a: number, b: boolean): void` of each export from asc's declarations. */
function functionsOf(declarations) {
  const pattern = /export function (\w+)\(([^)]*)\): (\w+);/g;
  return [...declarations.matchAll(pattern)].map(([, name, list, result]) => {
    const fields = list.split(', ').filter((field) => field !== '');
    return { name, result, fields, names: fields.map((field) => field.split(':')[0]) };
  });
}

function sourceOf(functions, build) {
  const lines = [
    '// Written by `scripts/build-wasm.mjs` from the AssemblyScript sources. Do not edit it.',
    '',
    '/** The mark of both modules. A module with another mark belongs to other JavaScript. */',
    `export const BUILD = '${build}';`,
    '',
    '/** The kernels of the WebAssembly module. Sizes are in elements, addresses in bytes. */',
    'export interface KernelExports {',
  ];
  for (const { name, result, fields } of functions) {
    if (fields.length === 0) lines.push(`  ${name}(): ${result};`);
    else
      lines.push(
        `  ${name}(given: {`,
        ...fields.map((field) => `    ${field};`),
        `  }): ${result};`,
      );
  }
  lines.push('}', '', "/** The module's own functions. They take their arguments by position. */");
  lines.push('type Positional = Record<keyof KernelExports, (...given: unknown[]) => never>;', '');
  lines.push("/** Wraps a module's functions, so that they take their arguments by name. */");
  lines.push('export function byName(exports: WebAssembly.Exports): KernelExports {');
  lines.push('  const kernels = exports as Positional;');
  lines.push('  return {');
  for (const { name, names } of functions) {
    if (names.length === 0) lines.push(`    ${name}: () => kernels.${name}(),`);
    else {
      lines.push(`    ${name}: (given) =>`, `      kernels.${name}(`);
      lines.push(...names.map((field) => `        given.${field},`), '      ),');
    }
  }
  lines.push('  };', '}', '');
  return lines.join('\n');
}

const [simd, relaxed] = [await compile('simd'), await compile('relaxed-simd')];
mkdirSync(at('dist'), { recursive: true });
const modules = [simd.get('simd.wasm'), relaxed.get('relaxed-simd.wasm')];
const build = buildOf(...modules);
writeFileSync(at('dist/kernels.wasm'), stamped(modules[0], build));
writeFileSync(at('dist/kernels-relaxed.wasm'), stamped(modules[1], build));
const source = sourceOf(functionsOf(String(simd.get('simd.d.ts'))), build);
writeChanged(at('src/wasm/kernel-exports.ts'), source);
