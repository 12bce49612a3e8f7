import { availableParallelism } from 'node:os';
import path from 'node:path';
import { defineConfig, mergeConfig } from 'vitest/config';

/**
 * Where the times of all tests go, for `scripts/slowest-tests.mjs`. Each package has a file there.
 */
const times = process.env.DS_TEST_TIMES;

/** `packages-fft.json` in `packages/fft`. */
function timesFile(folder: string): string {
  const home = path.relative(import.meta.dirname, process.cwd());
  return path.join(folder, `${home.split(path.sep).join('-')}.json`);
}

export const ALL = ['test/**/*.test.ts'];

/** The settings of every package, without the test files. */
export const common = defineConfig({
  test: {
    pool: 'forks',
    // `npm test` tests three packages at a time. In one process, a package imports tfjs, optimizes
    // it and compiles a program of WebGPU once.
    maxWorkers: Math.ceil(availableParallelism() / 2),
    // Node imports built packages as they are, which is faster than vitest's transformation.
    server: { deps: { external: [/\/packages\/[a-z]+\/dist\//] } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: ['vitest.dawn.ts', 'vitest.seeded.ts'].map((file) =>
      path.join(import.meta.dirname, file),
    ),
    ...(times && { reporters: ['default', ['json', { outputFile: timesFile(times) }]] }),
  },
});

const v8 = Number(process.versions.v8.split('.')[0]);

/**
 * Arguments of `node` for the fastest WebAssembly: relaxed SIMD in Node 20, which later versions
 * have by default, or 256-bit vectors in later versions on x64.
 */
export const FASTEST_SIMD =
  v8 < 12
    ? ['--experimental-wasm-relaxed-simd']
    : process.arch === 'x64'
      ? ['--experimental-wasm-revectorize']
      : [];

// Each test file gets its own process.
export default mergeConfig(common, { test: { include: ALL } });

/**
 * Settings for a package whose test files share processes, which saves a start and the imports of
 * tfjs for each file. tfjs keeps one global engine: files in `alone` depend on its first state, or
 * change it for good. Each of them gets its own process. Files in `mocked` mock the same module in
 * the same way, and share processes with each other only.
 */
export function inSharedProcesses(alone: string[] = [], mocked: string[] = []) {
  const projects = [
    { name: 'alone', include: alone },
    { name: 'mocked', isolate: false, include: mocked },
    { name: 'together', isolate: false, include: ALL, exclude: [...alone, ...mocked] },
  ];
  return mergeConfig(common, {
    test: {
      projects: projects
        .filter(({ include }) => include.length > 0)
        .map((test) => ({ extends: true, test })),
    },
  });
}
