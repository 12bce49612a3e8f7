import { cp, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprint, partsOfClips, partsOfFiles } from '../../src/data/data-fingerprint.js';

let home: string;
let folder: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'fingerprint-'));
  folder = path.join(home, 'own');
  await mkdir(folder);
  await writeFile(path.join(folder, 'small.png'), Buffer.alloc(3_000, 1));
  await writeFile(path.join(folder, 'large.png'), Buffer.alloc(1_000_000, 2));
});
afterEach(() => rm(home, { recursive: true }));

const names = ['small.png', 'large.png'];
const filesIn = (place: string) => names.map((name) => path.join(place, name));

/** The fingerprints of the files in a folder, as pictures and as sounds. */
async function both(place: string): Promise<string[]> {
  const files = filesIn(place);
  const pictures = { files, labels: Uint16Array.of(0, 1), count: 2 };
  const clips = files.map((file, i) => ({ file, labels: [i], source: file }));
  return [
    fingerprint(await partsOfFiles(pictures as never, place)),
    fingerprint(await partsOfClips(clips as never, place)),
  ];
}

/** Changes one byte of a file, and keeps its size and its times. */
async function change(name: string, at: number): Promise<void> {
  const file = path.join(folder, name);
  const bytes = await readFile(file);
  bytes[at]! ^= 1;
  await writeFile(file, bytes);
  await utimes(file, 0, 0);
}

describe('the fingerprint of files', () => {
  it('is the same for a copy of the folder, with any file times', async () => {
    const copy = path.join(home, 'copy');
    await cp(folder, copy, { recursive: true });
    for (const file of filesIn(copy)) await utimes(file, 1, 1);
    expect(await both(copy)).toEqual(await both(folder));
  });

  it.each([
    ['small.png', 1_500],
    ['large.png', 0],
    ['large.png', 500_000],
    ['large.png', 999_999],
  ])('notices a change of %s at byte %i', async (name, at) => {
    const before = await both(folder);
    await change(name, at);
    const after = await both(folder);
    for (const i of [0, 1]) expect(after[i]).not.toBe(before[i]);
  });

  it('notices another size of a large file', async () => {
    const before = await both(folder);
    await writeFile(path.join(folder, 'large.png'), Buffer.alloc(1_000_001, 2));
    expect((await both(folder))[0]).not.toBe(before[0]);
  });
});
