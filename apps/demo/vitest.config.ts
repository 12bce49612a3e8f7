import { mergeConfig } from 'vitest/config';
import shared from '../../vitest.shared.js';

// The page is built once, and its tests share the browser.
export default mergeConfig(shared, {
  test: {
    hookTimeout: 120_000,
    // Elsewhere on the machine other tests compute.
    expect: { poll: { timeout: 30_000 } },
  },
});
