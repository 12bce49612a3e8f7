import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const home = fileURLToPath(new URL('..', import.meta.url));

/** Runs Python in this package's folder, and writes no compiled files. */
function python(...args: string[]) {
  return spawnSync('python3', ['-B', ...args], { cwd: home, encoding: 'utf8' });
}

const supported = 'import sys, numpy; sys.exit(sys.version_info < (3, 11))';
const isThere = python('-c', supported).status === 0;

describe.skipIf(!isThere)('python3 -m goldens', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'goldens-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reproduces every stored fixture', () => {
    const { status, stdout, stderr } = python('-m', 'goldens', 'check', '--quick');
    expect(status, `${stdout}${stderr}`).toBe(0);
    expect(stdout).toContain('packages/layers/test/fixtures/diffstride.json: ');
  });

  it('writes a fixture from its inputs, and detects one wrong digit', () => {
    const file = path.join(folder, 'complexity.json');
    const given = { case: 'one_layer', params: { lam: 3 }, upstream: 2 };
    const cases = [{ ...given, input: { shape: [1, 2], data: [2, 4] } }];
    writeFileSync(file, JSON.stringify({ family: 'complexity', cases }));
    const written = python('-m', 'goldens', 'write', 'complexity', '--from', file, '--to', file);
    expect(written.status, written.stderr).toBe(0);
    const fixture = JSON.parse(readFileSync(file, 'utf8'));
    expect(fixture.cases[0]).toMatchObject({
      output: 0.375,
      grads: { strides: { shape: [1, 2], data: [-0.375, -0.1875] } },
    });

    fixture.cases[0].grads.strides.data[1] -= 1e-12;
    writeFileSync(file, JSON.stringify(fixture));
    const checked = python('-m', 'goldens', 'check', file);
    expect(checked.stdout).toContain('at one_layer.grads.strides.data, must be at most 1e-12');
    expect(checked.status).toBe(1);
  });
});
