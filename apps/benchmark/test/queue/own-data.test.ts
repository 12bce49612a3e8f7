import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRunConfig } from '../../src/config/run-config.js';
import { insideFolder, isFileInside } from '../../src/queue/inside-folder.js';
import { requireOwnData } from '../../src/queue/own-data.js';
import { runResult } from '../run-result.js';

let home: string;
let folder: string;
beforeAll(async () => {
  home = await realpath(await mkdtemp(path.join(tmpdir(), 'own-data-')));
  folder = path.join(home, 'sounds');
  await mkdir(path.join(folder, 'meta'), { recursive: true });
  await writeFile(path.join(home, 'secret'), 'root:x:0:0\n');
  await writeFile(path.join(home, 'sounds.csv'), 'file\n');
  await writeFile(path.join(folder, 'meta/labels.csv'), 'file\n');
  await symlink(path.join(home, 'secret'), path.join(folder, 'link.csv'));
  await symlink(home, path.join(folder, 'up'));
  await symlink(path.join(folder, 'meta'), path.join(folder, 'inner'));
});
afterAll(() => rm(home, { recursive: true }));

const run = (table: string) =>
  parseRunConfig({
    ...runResult('conv', 1, 0.5).config,
    ...{ dataset: 'sounds', padding: 0, flip: false, mixup: 0 },
    sounds: { layout: 'table', tasks: ['root'], table },
  });

describe('the sound table of a run from a queue', () => {
  it.each(['meta/labels.csv', './meta/../meta/labels.csv', 'inner/labels.csv'])(
    'accepts the table %s',
    async (table) => {
      await requireOwnData(run(table), { sounds: folder });
      await requireOwnData(run(table), { any: folder });
    },
  );

  it.each([
    '../secret',
    '../sounds.csv',
    'meta/../../secret',
    'link.csv',
    'up/secret',
    '.',
    'no.csv',
  ])('rejects the table %s', async (table) => {
    await expect(requireOwnData(run(table), { sounds: folder })).rejects.toThrow(
      `sounds.table must be a file inside the worker's folder of sounds, got "${table}"`,
    );
  });

  it('rejects an absolute path', async () => {
    const table = path.join(home, 'secret');
    await expect(requireOwnData(run(table), { sounds: folder })).rejects.toThrow('inside');
    expect(await isFileInside(folder, path.join(folder, 'meta/labels.csv'))).toBe(true);
  });
});

describe('insideFolder', () => {
  it.each(['../x', '/etc/x', 'a/../../x', '.', ''])('rejects %j', (name) => {
    expect(() => insideFolder('/out', 'tables', '..', name)).toThrow('must be inside /out');
  });

  it('accepts a path below its folder', () => {
    expect(insideFolder('/out', 'tables', 'a')).toBe(path.resolve('/out/tables/a'));
  });
});
