import { inSharedProcesses } from '../../vitest.shared.js';

export default inSharedProcesses([
  // These register poolings, which lists of all poolings must not have.
  'test/new-pooling.test.ts',
  'test/pooling-layers.test.ts',
  'test/registry.test.ts',
  // This registers a backend of its own.
  'test/stride-values.test.ts',
]);
