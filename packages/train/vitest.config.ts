import { mergeConfig } from 'vitest/config';
import { inSharedProcesses } from '../../vitest.shared.js';

export default mergeConfig(
  inSharedProcesses([
    // It measures the heap of its process.
    'test/memory.test.ts',
  ]),
  // Networks train on a GPU in software here, which takes its time on a busy machine.
  { test: { testTimeout: 180_000 } },
);
