import { inSharedProcesses } from '../../vitest.shared.js';

export default inSharedProcesses();
