import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { readCifarFiles } from '../src/cifar-binary.js';
import type { KeepImages } from '../src/image-set.js';

/** Two records in each file, in the layout of CIFAR-100. */
const LAYOUT = { op: 'load', imagesPerFile: 2, labelClasses: [20, 100], label: 1 };
const RECORD = 3074;

let file: string;
beforeEach(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'records-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  file = path.join(folder, 'train.bin');
});

async function read(bytes: Uint8Array, keep?: KeepImages) {
  await writeFile(file, bytes);
  return readCifarFiles(path.dirname(file), ['train.bin'], LAYOUT, keep);
}

/** Records with labels and planes that differ from record to record. */
function records(count: number): Uint8Array {
  const bytes = Uint8Array.from({ length: count * RECORD }, (_, at) => (at * at) % 253);
  for (let item = 0; item < count; item++) bytes.set([item % 20, item % 100], item * RECORD);
  return bytes;
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

  describe('keep', () => {
    // More records than are read at a time, so that pieces are crossed.
    const COUNT = 600;
    const layout = { ...LAYOUT, imagesPerFile: COUNT / 2 };
    const names = ['train.bin', 'more.bin'];
    beforeEach(async () => {
      const bytes = records(COUNT);
      await writeFile(file, bytes.subarray(0, bytes.length / 2));
      await writeFile(path.join(path.dirname(file), 'more.bin'), bytes.subarray(bytes.length / 2));
    });
    const open = (keep?: KeepImages) => readCifarFiles(path.dirname(file), names, layout, keep);

    it('sees every label, and gives the chosen images in the chosen order', async () => {
      const all = await open();
      const chosen = [599, 0, 255, 256, 300, 7];
      let seen: Uint8Array | undefined;
      const some = await open((labels) => {
        seen = labels;
        return chosen;
      });
      expect(seen).toEqual(all.labels);
      expect(some.count).toBe(chosen.length);
      expect([...some.labels]).toEqual([99, 0, 55, 56, 0, 7]);
      const size = 32 * 32 * 3;
      const want = chosen.flatMap((at) => [...all.images.subarray(at * size, (at + 1) * size)]);
      expect(Buffer.compare(some.images, Uint8Array.from(want))).toBe(0);
    });

    it('takes a typed array as well as a list', async () => {
      const chosen = [599, 0, 255];
      const want = await open(() => chosen);
      expect(await open(() => Int32Array.from(chosen))).toEqual(want);
    });

    it('keeps the labels if the callback sorts its argument', async () => {
      const chosen = [599, 0, 255];
      const want = await open(() => chosen);
      const got = await open((labels) => {
        labels.sort();
        return chosen;
      });
      expect(got).toEqual(want);
    });

    it.each<[string, unknown, string]>([
      ['no index', [], "load: keep's result must have at least one value, got 0"],
      ['an index of no image', [600], "load: keep's result[0] must be an integer"],
      ['an index twice', [3, 3], "load: keep's result must be different indices, got 1"],
      ['no list', 7, "load: keep's result must be an array, got 7"],
    ])('refuses %s', async (_what, result, message) => {
      await expect(open(() => result as number[])).rejects.toThrow(message);
    });
  });
});
