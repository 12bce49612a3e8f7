import { inSharedProcesses } from '../../vitest.shared.js';

export default inSharedProcesses([
  'test/imports.test.ts',
  // These mock modules, which other files must not see.
  'test/audio-table/report.test.ts',
  'test/claimed-output.test.ts',
  'test/cli-runs.test.ts',
  'test/cli.test.ts',
  'test/commands/pictures.test.ts',
  'test/commands/table.test.ts',
  'test/every-report.test.ts',
  'test/non-finite-test.test.ts',
  'test/sweep.test.ts',
  'test/wide-vectors.test.ts',
]);
