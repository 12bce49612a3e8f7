/** Dawn's module for Node, which the package `webgpu` loads. */
interface Dawn {
  create(flags?: string[]): unknown;
}

const { dlopen } = process;

/**
 * Starts Dawn without its zeroing of workgroup memory. A software GPU, which the tests compute on,
 * needs most of the time of a test to compile that zeroing. WGSL promises zeros, so a program may
 * read this memory before it writes there. Ours must not: in these tests the memory holds anything.
 * The tests of `packages/backend/test/webgpu-process.test.ts` run in processes of their own, with
 * Dawn as it is.
 */
function dlopenQuickly(module: { exports: Dawn }, file: string, ...flags: number[]): void {
  dlopen.call(process, module, file, ...flags);
  if (!file.endsWith('dawn.node')) return;
  const { create } = module.exports;
  module.exports.create = (options = []) =>
    create([...options, 'enable-dawn-features=disable_workgroup_init']);
}

// Files that share a process run this module again.
if (dlopen.name !== dlopenQuickly.name) process.dlopen = dlopenQuickly as typeof dlopen;
