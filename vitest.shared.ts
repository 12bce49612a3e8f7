import { defineConfig } from 'vitest/config';

// tfjs keeps one global engine per module graph: each test file gets a process of its own, so that
// a backend chosen in one file is never seen by another.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
