import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { type BackendOptions, useBackend } from '../src/index.js';

const entry = createRequire(import.meta.url).resolve('@ds/kernels/package.json');
const folder = pathToFileURL(resolve(entry, '../dist'));

/** A fresh wasm backend, to which no kernels are linked. */
const start = async (kernels: BackendOptions['kernels']) => {
  await useBackend('cpu');
  if (tf.engine().registry.wasm) tf.removeBackend('wasm');
  const { registerBackend } = tf;
  if (!tf.findBackendFactory('wasm')) registerBackend('wasm', factory, 2);
  return useBackend('wasm', { kernels });
};
await useBackend('wasm');
const factory = tf.findBackendFactory('wasm');

it.each([
  ['a folder', folder],
  ['the name of a folder', `${folder.href}/`],
])('loads the kernels from %s', async (_what, files) => {
  expect((await start(files)).kernels).toMatch(/simd$/);
});

it('loads the kernels from bytes, and every engine takes simd if it is the only one', async () => {
  const simd = await readFile(new URL(`${folder.href}/kernels.wasm`));
  expect((await start({ simd })).kernels).toBe('simd');
});

it('refuses a module of another build, which a project copied before an update', async () => {
  const simd = await readFile(new URL(`${folder.href}/kernels.wasm`));
  simd.write('00000000', simd.length - 8);
  await expect(start({ simd })).rejects.toThrow(
    /^useBackend: the given bytes are of another version of the package \(build 00000000, must be /,
  );
});

it('throws if a file is missing, and names it; the earlier backend stays in use', async () => {
  const nowhere = new URL('file:///nowhere');
  await expect(start(nowhere)).rejects.toThrow(
    /^useBackend: file:\/\/\/nowhere\/kernels\S*\.wasm cannot be read .* kernels: '\/wasm\/' \}\)$/,
  );
  expect(tf.getBackend()).toBe('cpu');
  expect((await useBackend('wasm')).kernels).toMatch(/simd$/);
});

it("says how tfjs finds its own files if tfjs's backend does not start", async () => {
  await useBackend('cpu');
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', () => Promise.reject(new Error('no file')), 2);
  await expect(useBackend('wasm')).rejects.toThrow(
    /^useBackend: 'wasm' did not start\. .*setWasmPaths\('\/wasm\/'\).*tfjs-backend-wasm@4\.22\.0\/dist\/'\)$/,
  );
});
