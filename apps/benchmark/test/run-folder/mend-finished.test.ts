import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { mendFinished } from '../../src/run-folder/run-folder.js';
import { runResult } from '../run-result.js';
import { testedResult } from '../tested-result.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mend-'));
});
afterEach(() => rm(folder, { recursive: true }));

const result = runResult('conv', 1, 0.5);

it.each(['{', 'null', undefined])('writes a configuration again that is %j', async (text) => {
  const file = path.join(folder, 'config.json');
  if (text !== undefined) await writeFile(file, text);
  expect(await mendFinished(folder, result)).toBeNull();
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(result.config)),
  );
});

it('keeps a whole configuration, and says that a test by class is damaged', async () => {
  await writeFile(path.join(folder, 'config.json'), '{"a":1}');
  await writeFile(path.join(folder, 'test.json'), '{}');
  expect(await mendFinished(folder, result)).toBe(
    `${path.join(folder, 'test.json')}: cannot be read, so the report has no test by class of this run`,
  );
  expect(await readFile(path.join(folder, 'config.json'), 'utf8')).toBe('{"a":1}');
  const tested = testedResult(
    result,
    ['a', 'b'],
    [
      [1, 0],
      [0, 1],
    ],
  );
  expect(await mendFinished(folder, tested)).toBeNull();
});
