import { spawnSync } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendWhole, removeTemporaries, writeFileWhole } from '../src/checkpoints/index.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ds-write-'));
  file = path.join(folder, 'numbers.bin');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs a module on the built package where no file may become longer than 16 KiB. */
function whereFilesAreShort(body: string): string {
  const module = new URL('../dist/checkpoints/index.js', import.meta.url).href;
  const program = `import * as files from '${module}';
const file = '${file}';
try { ${body}; console.log('no error'); } catch (error) { console.log(error.message); }`;
  const { stdout, stderr } = spawnSync(
    'bash',
    // In blocks of 1024 bytes.
    ['-c', 'ulimit -f 16; exec "$0" --input-type=module -e "$1"', process.execPath, program],
    { encoding: 'utf8' },
  );
  return stdout + stderr;
}

describe('writeFileWhole', () => {
  it('puts a file in the place of another, and leaves no other file', async () => {
    await writeFileWhole(file, 'old');
    await writeFileWhole(file, Uint8Array.of(1, 2, 3));
    expect([...(await readFile(file))]).toEqual([1, 2, 3]);
    expect(await readdir(folder)).toEqual(['numbers.bin']);
  });

  it.skipIf(process.platform === 'win32')(
    'keeps permissions, and writes through links',
    async () => {
      await writeFile(file, 'old', { mode: 0o600 });
      const link = path.join(folder, 'link');
      await symlink(file, link);
      await writeFileWhole(link, 'new');
      expect(await readFile(file, 'utf8')).toBe('new');
      expect((await lstat(link)).isSymbolicLink()).toBe(true);
      expect((await lstat(file)).mode & 0o777).toBe(0o600);
      expect((await readdir(folder)).toSorted()).toEqual(['link', 'numbers.bin']);
    },
  );

  it.skipIf(process.platform === 'win32')(
    'keeps the old file if the disk cuts the new one',
    async () => {
      await writeFile(file, 'old');
      const said = whereFilesAreShort('await files.writeFileWhole(file, Buffer.alloc(40_000, 7))');
      expect(said).toMatch(
        /numbers\.bin: could not be written: it is longer than .* \(see ulimit -f\)/,
      );
      expect(await readFile(file, 'utf8')).toBe('old');
      expect(await readdir(folder)).toEqual(['numbers.bin']);
    },
  );

  it('asks again right before the file takes its place', async () => {
    await writeFile(file, 'old');
    let asked = 0;
    const mayWrite = () => {
      asked += 1;
      if (asked === 2) throw new Error('no longer');
    };
    await expect(writeFileWhole(file, 'new', { mayWrite })).rejects.toThrow('no longer');
    expect(await readFile(file, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['numbers.bin']);
  });

  it('reports that a folder was removed, or that a folder has the name', async () => {
    await expect(writeFileWhole(path.join(folder, 'gone', 'a'), '')).rejects.toThrow(
      /gone\/a: could not be written: a folder of it is gone/,
    );
    await mkdir(path.join(file, 'x'), { recursive: true });
    await expect(writeFileWhole(file, '')).rejects.toMatchObject({
      name: 'DataError',
      message: expect.stringContaining('a folder has its name'),
    });
  });
});

describe('appendWhole', () => {
  it.skipIf(process.platform === 'win32')('takes back what the disk cuts', async () => {
    await writeFile(file, 'first\n');
    const said = whereFilesAreShort("files.appendWhole(file, 'x'.repeat(40_000))");
    expect(said).toMatch(/numbers\.bin: could not be written: it is longer than/);
    expect(await readFile(file, 'utf8')).toBe('first\n');
    appendWhole(file, 'second\n');
    expect(await readFile(file, 'utf8')).toBe('first\nsecond\n');
  });

  it('does not make a deleted file again', () => {
    expect(() => appendWhole(file, 'a')).toThrow(
      /numbers\.bin: must exist, since it is only appended to, and is not there$/,
    );
  });
});

describe('removeTemporaries', () => {
  it('removes what a killed writer left, and nothing else', async () => {
    const names = ['numbers.bin.0123456789ab.tmp', 'numbers.bin', 'mine.tmp'];
    for (const name of names) await writeFile(path.join(folder, name), '');
    await removeTemporaries(folder);
    expect((await readdir(folder)).toSorted()).toEqual(['mine.tmp', 'numbers.bin']);
    await removeTemporaries(path.join(folder, 'none'));
    await writeFile(file, '');
    await expect(removeTemporaries(file)).rejects.toMatchObject({
      name: 'DataError',
      message: expect.stringContaining(`removeTemporaries: folder must be readable, got ${file}: `),
    });
  });
});
