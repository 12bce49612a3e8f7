import { inSharedProcesses } from '../../vitest.shared.js';

export default inSharedProcesses(
  [
    'test/imports.test.ts',
    // These mock modules, which other files must not see.
    'test/pictures/command.test.ts',
    'test/paper-table/command.test.ts',
    'test/every-report.test.ts',
    'test/process/wide-vectors.test.ts',
  ],
  // Their runs train in the thread of the test. A new thread would load everything again.
  [
    'test/audio-table/report.test.ts',
    'test/run-folder/claimed-output.test.ts',
    'test/cli-runs.test.ts',
    'test/cli.test.ts',
    'test/run/non-finite-test.test.ts',
    'test/reproduce/command.test.ts',
    'test/sweep/command.test.ts',
    'test/queue/redis.test.ts',
  ],
);
