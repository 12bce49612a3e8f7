import { mergeConfig } from 'vitest/config';
import shared from '../vitest.shared.js';

// Projects are installed one after the other: they share npm's cache.
export default mergeConfig(shared, {
  test: { globalSetup: ['test/global-setup.ts'], fileParallelism: false, testTimeout: 180_000 },
});
