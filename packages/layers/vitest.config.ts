import { inSharedProcesses } from '../../vitest.shared.js';

export default inSharedProcesses([
  // It registers a pooling, which lists of all poolings must not have.
  'test/new-pooling.test.ts',
]);
