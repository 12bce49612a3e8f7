import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));
const bin = path.join(root, 'apps/benchmark/bin/ds-benchmark.js');

describe('ds-benchmark', () => {
  it('is what npx runs in the root of a clone, and in the package', async () => {
    for (const folder of [root, path.join(root, 'apps/benchmark')]) {
      const manifest = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
      expect(path.join(folder, manifest.bin['ds-benchmark'])).toBe(bin);
    }
    await access(bin, constants.X_OK);
    const { stdout } = await run('npx', ['--offline', 'ds-benchmark', '--version'], { cwd: root });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+ \(tfjs /);
  });

  it('works through a link, and says how to build it', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'bin-'));
    const link = path.join(folder, 'ds-benchmark');
    await symlink(bin, link);
    expect((await run(link, ['--version'])).stdout).toMatch(/tfjs/);
    const copy = path.join(folder, 'bin', 'ds-benchmark.mjs');
    await cp(bin, copy);
    await expect(run(process.execPath, [copy])).rejects.toMatchObject({
      code: 1,
      stderr: 'ds-benchmark: it is not built yet. Build it in the root: npm run build\n',
    });
    await rm(folder, { recursive: true });
  });
});
