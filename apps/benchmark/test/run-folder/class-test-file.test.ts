import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CLASS_TEST_FILE, readClassTest } from '../../src/run-folder/class-test-file.js';
import { finishedResult, runFolder } from '../../src/run-folder/run-folder.js';
import { writeFinishedRun } from '../finished-run.js';
import { runResult } from '../run-result.js';
import { testedResult } from '../tested-result.js';

let output: string;
beforeEach(async () => {
  output = await mkdtemp(path.join(tmpdir(), 'class-test-'));
});
afterEach(() => rm(output, { recursive: true }));

const result = {
  ...runResult('conv', 1, 0.5),
  images: { train: 1, test: 10, available: { train: 1, test: 10 } },
};
const { classTest } = testedResult(
  result,
  ['cat', 'dog'],
  [
    [3, 2],
    [0, 5],
  ],
);

it('is part of a finished run, whose folder may lack it', async () => {
  await writeFinishedRun(output, result);
  const folder = runFolder(output, result.config);
  expect(await finishedResult(folder, result.config)).toEqual(result);
  await writeFile(path.join(folder, CLASS_TEST_FILE), JSON.stringify(classTest));
  expect(await finishedResult(folder, result.config)).toEqual({ ...result, classTest });
});

it.each([
  ['cut', JSON.stringify(classTest).slice(0, 50)],
  ['of another version', JSON.stringify({ ...classTest, version: 2 })],
])('counts as none if it is %s', async (_, text) => {
  await writeFile(path.join(output, CLASS_TEST_FILE), text);
  expect(await readClassTest(output)).toBeUndefined();
});
