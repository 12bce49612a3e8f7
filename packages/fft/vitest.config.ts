import { inSharedProcesses } from '../../vitest.shared.js';

// Once the plans on vectors are loaded, all transforms of a process may use them.
export default inSharedProcesses(['test/simd/*.test.ts']);
