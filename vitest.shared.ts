import { availableParallelism } from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** Where the times of all tests go, for `scripts/slowest-tests.mjs`. Each package has a file there. */
const times = process.env.DS_TEST_TIMES;

/** `packages-fft.json` in `packages/fft`. */
function timesFile(folder: string): string {
  const home = path.relative(import.meta.dirname, process.cwd());
  return path.join(folder, `${home.split(path.sep).join('-')}.json`);
}

// tfjs keeps one global engine per module graph: each test file gets a process of its own, so that
// a backend chosen in one file is never seen by another.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // vitest leaves one core free, of two one too many.
    maxWorkers: availableParallelism(),
    testTimeout: 60_000,
    hookTimeout: 60_000,
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
