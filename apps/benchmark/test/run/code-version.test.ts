import { execFile } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { codeVersion } from '../../src/run/code-version.js';

const VERSION = /^\d+\.\d+\.\d+$/;
let clone: string;
const git = (...args: string[]) =>
  promisify(execFile)('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], {
    cwd: clone,
  });

beforeAll(async () => {
  clone = await mkdtemp(path.join(tmpdir(), 'code-version-'));
  await git('init', '-q');
});
afterAll(() => rm(clone, { recursive: true, force: true }));

it('is a version alone outside of a clone, and where the clone is another one', async () => {
  expect(await codeVersion(tmpdir())).toMatch(VERSION);
  expect(await codeVersion(path.join(clone, 'nowhere'))).toMatch(VERSION);
  const installed = path.join(clone, 'node_modules/ds-benchmark/dist');
  await mkdir(installed, { recursive: true });
  expect(await codeVersion(installed)).toMatch(VERSION);
});

it('has the commit of a clone, and says if files have changed', async () => {
  await writeFile(path.join(clone, 'package.json'), '{}');
  await git('add', 'package.json');
  await git('commit', '-q', '-m', 'one');
  await git('tag', '-a', 'v1.0.0', '-m', 'a tag is no commit');
  const { stdout } = await git('rev-parse', '--short=12', 'HEAD');
  const [version, commit] = (await codeVersion(clone)).split(', commit ');
  expect(version).toMatch(VERSION);
  expect(commit).toBe(stdout.trim());
  await appendFile(path.join(clone, 'package.json'), '\n');
  expect(await codeVersion(clone)).toBe(`${version}, commit ${commit}-dirty`);
});
