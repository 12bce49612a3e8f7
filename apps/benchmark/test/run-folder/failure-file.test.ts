import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { failureOf, removeFailure, writeFailure } from '../../src/run-folder/failure-file.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'failure-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('records why a run failed, until the next attempt', async () => {
  await writeFile(path.join(folder, 'config.json'), '{}');
  expect(await failureOf(folder)).toBeNull();
  await writeFailure(folder, 'the disk "a" is full');
  expect(await failureOf(folder)).toBe('the disk "a" is full');
  await removeFailure(folder);
  expect(await failureOf(folder)).toBeNull();
  await removeFailure(folder);
});

it('writes nothing for a run that never had a folder, and hides no other error', async () => {
  const none = path.join(folder, 'none');
  await writeFailure(none, 'x');
  await mkdir(none);
  await writeFailure(none, 'x');
  expect(await failureOf(none)).toBeNull();
});
