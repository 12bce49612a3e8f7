import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT, run } from '../src/published-packages.js';

const folder = mkdtempSync(path.join(tmpdir(), 'slowest-tests-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The lines that the script prints. */
async function slowestTests(from: string, count: number): Promise<string[]> {
  const script = ['scripts/slowest-tests.mjs', from, `${count}`];
  return (await run(process.execPath, script, ROOT)).stdout.trimEnd().split('\n');
}

/** Writes a report like that of vitest's JSON reporter, for a package with one test file. */
function store(home: string, times: Record<string, number | undefined>): void {
  const assertionResults = Object.entries(times).map(([fullName, duration]) => ({
    fullName,
    duration,
  }));
  const name = path.join(ROOT, home, 'test/some.test.ts');
  const file = path.join(folder, `${home.replace('/', '-')}.json`);
  writeFileSync(file, JSON.stringify({ testResults: [{ name, assertionResults }] }));
}

describe('the slowest tests', () => {
  it('are those of all packages, the slowest first', async () => {
    store('packages/fft', { quick: 20, slow: 12_340 });
    store('docs', { slowest: 100_000, skipped: undefined });
    expect(await slowestTests(folder, 3)).toEqual([
      ' 100.0 s  docs/test/some.test.ts: slowest',
      '  12.3 s  packages/fft/test/some.test.ts: slow',
      '   0.0 s  packages/fft/test/some.test.ts: quick',
    ]);
    expect(await slowestTests(folder, 1)).toHaveLength(1);
  });

  it('are none where no test ran', async () => {
    expect(await slowestTests(path.join(folder, 'none'), 10)).toEqual([
      'no test ran: all results were stored',
    ]);
  });
});
