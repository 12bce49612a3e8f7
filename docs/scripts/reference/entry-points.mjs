import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Entry points of `@ds/kernels` for backends, which no reader of the reference calls. */
const UNLISTED = ['@ds/kernels/tfjs', '@ds/kernels/wasm', '@ds/kernels/webgpu'];

/**
 * The source of each entry point of the packages in these folders, by what one imports, such as
 * `@ds/layers/ops`.
 */
export function entryPoints(packages, folders) {
  const found = {};
  for (const folder of folders) {
    const manifest = path.join(packages, folder, 'package.json');
    const { name, exports } = JSON.parse(readFileSync(manifest, 'utf8'));
    for (const [subpath, { default: file }] of Object.entries(exports)) {
      const imported = path.posix.join(name, subpath);
      if (!file || UNLISTED.includes(imported)) continue;
      const source = file.replace(/^\.\/dist/, 'src').replace(/\.js$/, '.ts');
      found[imported] = path.join(packages, folder, source);
    }
  }
  return found;
}
