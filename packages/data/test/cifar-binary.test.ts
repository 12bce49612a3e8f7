import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { readCifarFiles } from '../src/cifar-binary.js';

/** Two records in each file, in the layout of CIFAR-100. */
const LAYOUT = { op: 'load', imagesPerFile: 2, labelClasses: [20, 100], label: 1 };
const RECORD = 3074;

let file: string;
beforeEach(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'records-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  file = path.join(folder, 'train.bin');
});

async function read(bytes: Uint8Array) {
  await writeFile(file, bytes);
  return readCifarFiles(path.dirname(file), ['train.bin'], LAYOUT);
}

describe('readCifarFiles', () => {
  it.each([-1, 1, RECORD])('throws on a file with %i bytes too many', async (more) => {
    await expect(read(new Uint8Array(2 * RECORD + more))).rejects.toThrow(
      `load: ${file} must have ${2 * RECORD} bytes (2 records of ${RECORD}), ` +
        `got ${2 * RECORD + more}`,
    );
  });

  it.each([
    [0, 20, 19],
    [1, 100, 99],
    [RECORD, 255, 19],
    [RECORD + 1, 255, 99],
  ])('throws at byte %i with the label %i', async (at, label, last) => {
    const bytes = new Uint8Array(2 * RECORD);
    bytes[at] = label;
    await expect(read(bytes)).rejects.toThrow(
      `load: ${file} is corrupt: byte ${at} must be a label 0 … ${last}, got ${label}`,
    );
    bytes[at] = last;
    expect((await read(bytes)).count).toBe(2);
  });

  it('throws on a folder or another kind of file, and names the kind', async () => {
    const start =
      `load: ${file} cannot be read; ` + `expected a file of 2 records of ${RECORD} bytes, but it`;
    const open = () => readCifarFiles(path.dirname(file), ['train.bin'], LAYOUT);
    await expect(open()).rejects.toThrow(`${start} does not exist`);
    await mkdir(file);
    await expect(open()).rejects.toThrow(`${start} is a folder`);
  });
});
