import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../../..', import.meta.url));
const generator = path.join(repository, 'scripts', 'new-pooling.mjs');

// A copy of this package next to the others, so that its imports resolve.
let root: string;
let copy: string;
beforeAll(async () => {
  await mkdir(path.join(repository, 'node_modules'), { recursive: true });
  root = await mkdtemp(path.join(repository, 'node_modules', 'new-pooling-'));
  copy = path.join(root, 'packages', 'layers');
  const here = path.join(repository, 'packages', 'layers');
  for (const part of ['src', 'package.json', 'tsconfig.json', 'vitest.config.ts']) {
    await cp(path.join(here, part), path.join(copy, part), { recursive: true });
  }
  await mkdir(path.join(root, 'docs'));
  for (const file of [
    'vitest.shared.ts',
    'vitest.dawn.ts',
    'vitest.seeded.ts',
    'tsconfig.base.json',
    'docs/reference-topics.mjs',
    'packages/layers/test/registry.test.ts',
    'apps/benchmark/src/poolings/import-poolings.ts',
    'apps/demo/src/ui/pooling-name.ts',
  ]) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await cp(path.join(repository, file), path.join(root, file));
  }
  await symlink(path.join(here, 'node_modules'), path.join(copy, 'node_modules'), 'junction');
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('pnpm new:pooling', () => {
  it('makes a pooling that passes the type check, the kit and the registry’s tests', async () => {
    const { stdout } = await run(process.execPath, [generator, 'two-words', '--root', root]);
    expect(stdout).toContain('made packages/layers/src/two-words-pool.ts');
    await readFile(path.join(root, 'docs', 'poolings', 'two-words.md'));
    expect(await readFile(path.join(root, 'docs', 'reference-topics.mjs'), 'utf8')).toContain(
      "topic('TwoWordsPool', /^two-words-pool/, '/poolings/two-words')",
    );
    const lists = [
      ['apps/benchmark/src/poolings/import-poolings.ts', "\n  'two-words',"],
      ['apps/demo/src/ui/pooling-name.ts', "\n  'two-words': 'Two Words pooling',"],
    ] as const;
    for (const [file, line] of lists) {
      expect(await readFile(path.join(root, file), 'utf8')).toContain(line);
    }
    const bin = (name: string) => path.join(repository, 'node_modules', name);
    await run(process.execPath, [bin('typescript/bin/tsc'), '--noEmit', '-p', copy], { cwd: copy });
    const vitest = [
      bin('vitest/vitest.mjs'),
      'run',
      'test/two-words-pool.test.ts',
      'test/registry.test.ts',
    ];
    const tested = await run(process.execPath, vitest, { cwd: copy });
    expect(tested.stdout).toMatch(/Tests .*35 passed/);
  }, 120_000);

  it.each([
    [
      'Bad Name',
      "name must be one word or several joined by hyphens, in lower case, got 'Bad Name'",
    ],
    ['blur', "name must be new, but 'blur' is a name of the registry"],
    ['conv', "name must be new, but 'conv' is a name of the registry"],
    ['subsample', "name must be new, but 'subsample' is a name of the registry"],
    ['fractional', 'name must be new, but there is'],
  ])('refuses %s', async (name, message) => {
    await expect(run(process.execPath, [generator, name, '--root', root])).rejects.toThrow(message);
  });
});
