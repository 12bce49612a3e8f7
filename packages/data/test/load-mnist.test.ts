import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { loadFashionMnist, loadMnist } from '../src/index.js';

/** An idx file: two zeros, the type of bytes, the rank, sizes with the highest byte first, values. */
function idx(dimensions: number[], values: number[]): Uint8Array {
  const sizes = dimensions.flatMap((n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]);
  return Uint8Array.from([0, 0, 8, dimensions.length, ...sizes, ...values]);
}

let folder: string;
const write = (name: string, bytes: Uint8Array) => writeFile(path.join(folder, name), bytes);

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mnist-'));
  const made = folder;
  onTestFinished(() => rm(made, { recursive: true }));
  await write('train-images-idx3-ubyte', idx([3, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
  await write('train-labels-idx1-ubyte', idx([3], [7, 0, 9]));
  await write('t10k-images-idx3-ubyte.gz', gzipSync(idx([1, 2, 2], [0, 255, 128, 64])));
  await write('t10k-labels-idx1-ubyte.gz', gzipSync(idx([1], [4])));
});

describe.each([
  { load: loadMnist, op: 'loadMnist', name: 'MNIST' },
  { load: loadFashionMnist, op: 'loadFashionMnist', name: 'Fashion-MNIST' },
])('$op', ({ load, op, name }) => {
  it('reads idx files, packed or not', async () => {
    const set = await load({ folder });
    expect(set.name).toBe(name);
    expect(set.train.shape).toEqual([2, 2, 1]);
    expect([...set.train.images.subarray(4, 8)]).toEqual([5, 6, 7, 8]);
    expect([...set.train.labels]).toEqual([7, 0, 9]);
    expect([...set.test.images]).toEqual([0, 255, 128, 64]);
    expect(set.classNames).toHaveLength(10);
  });

  it.each([
    {
      file: 'train-images-idx3-ubyte',
      bytes: idx([3], [1, 2, 3]),
      message: 'must have a header of 16 bytes, got 11 bytes in all',
    },
    {
      file: 'train-images-idx3-ubyte',
      bytes: idx([3, 2, 2, 1], Array(12).fill(0)),
      message: 'is no idx file of rank 3: byte 3 must be 3, got 4',
    },
    {
      file: 'train-images-idx3-ubyte',
      bytes: idx([3, 2, 2], Array(11).fill(0)),
      message: 'must have 28 bytes, as its header says (3×2×2), got 27',
    },
    {
      file: 'train-labels-idx1-ubyte',
      bytes: idx([3], [7, 10, 9]),
      message: 'is corrupt: byte 9 must be a label 0 … 9, got 10',
    },
    {
      file: 'train-labels-idx1-ubyte',
      bytes: idx([2], [7, 1]),
      message: 'must have a label for each of the 3 images',
    },
  ])('refuses $file: $message', async ({ file, bytes, message }) => {
    await write(file, bytes);
    await expect(load({ folder })).rejects.toThrow(`${op}: ${path.join(folder, file)} ${message}`);
  });

  it('names the file that is missing or cannot be unpacked', async () => {
    await write('t10k-labels-idx1-ubyte.gz', Uint8Array.from([1, 2, 3]));
    const file = path.join(folder, 't10k-labels-idx1-ubyte');
    await expect(load({ folder })).rejects.toThrow(`${op}: ${file}.gz cannot be unpacked`);
    await rm(`${file}.gz`);
    await expect(load({ folder })).rejects.toThrow(
      `${op}: ${file}.gz cannot be read; expected an idx file, there or at ${file}`,
    );
  });
});
