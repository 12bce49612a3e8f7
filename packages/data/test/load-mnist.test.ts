import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { loadFashionMnist, loadMnist } from '../src/index.js';

/** An idx file: two zero bytes, the type, the rank, big-endian sizes, values. */
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
      bytes: idx([3, 0, 2], []),
      message: 'must have sizes >= 1, got 3×0×2: 0 at byte 8',
    },
    {
      file: 'train-images-idx3-ubyte',
      bytes: idx([0, 2, 2], []),
      message: 'must have sizes >= 1, got 0×2×2: 0 at byte 4',
    },
    {
      file: 'train-images-idx3-ubyte',
      bytes: idx([2 ** 20, 2 ** 20, 2], []),
      message: 'must have at most 1073741824 values, got 1048576×1048576×2 at byte 4',
    },
    {
      file: 't10k-images-idx3-ubyte',
      bytes: idx([1, 2, 3], [1, 2, 3, 4, 5, 6]),
      message: 'must have images of 2×2, like ',
    },
    {
      file: 'train-images-idx3-ubyte',
      bytes: idx([3], [1, 2, 3]),
      message: 'must have a header of 16 bytes, got 11 bytes in all',
    },
    {
      file: 'train-images-idx3-ubyte',
      bytes: idx([3, 2, 2, 1], Array(12).fill(0)),
      message: 'is not an idx file of rank 3: byte 3 must be 3, got 4',
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
  ])('throws on $file: $message', async ({ file, bytes, message }) => {
    await write(file, bytes);
    await expect(load({ folder })).rejects.toThrow(`${op}: ${path.join(folder, file)} ${message}`);
  });

  it('finds files by the names of unpackers, also in a folder, and notes duplicates', async () => {
    const move = async (from: string, to: string) => {
      await mkdir(path.dirname(path.join(folder, to)), { recursive: true });
      await rename(path.join(folder, from), path.join(folder, to));
    };
    await move('train-images-idx3-ubyte', 'train-images.idx3-ubyte');
    await move('train-labels-idx1-ubyte', 'unpacked');
    await move('unpacked', 'train-labels-idx1-ubyte/train-labels.idx1-ubyte');
    await move('t10k-images-idx3-ubyte.gz', 't10k-images.idx3-ubyte.gz');
    // Browsers unpack downloads and keep the name.
    await write('t10k-labels-idx1-ubyte.gz', idx([1], [4]));
    const { train, test, notes } = await load({ folder });
    expect([...train.labels, ...test.labels]).toEqual([7, 0, 9, 4]);
    expect(notes).toEqual([]);
    await write('train-images.idx3-ubyte.gz', gzipSync(idx([1, 1, 1], [0])));
    const images = path.join(folder, 'train-images.idx3-ubyte');
    expect((await load({ folder })).notes).toEqual([`${images} is read; ${images}.gz left out`]);
  });

  it('unpacks at most the size in the header', async () => {
    const file = path.join(folder, 't10k-images-idx3-ubyte.gz');
    const bomb = Buffer.alloc(2 ** 22);
    bomb.set(idx([1, 2, 2], [0, 1, 2, 3]));
    await writeFile(file, gzipSync(bomb));
    await expect(load({ folder })).rejects.toThrow(
      `${op}: ${file} cannot be unpacked: it must have 20 bytes, as its header says, got more`,
    );
    await writeFile(file, gzipSync(idx([2 ** 11, 2 ** 11, 2 ** 11], [])));
    await expect(load({ folder })).rejects.toThrow(`${file} must have at most 1073741824 values`);
    await writeFile(file, gzipSync(idx([1, 2, 2], [0, 1, 2, 3])).subarray(0, -4));
    await expect(load({ folder })).rejects.toThrow(`${file} cannot be unpacked: unexpected end`);
  });

  it('names the file that is missing or cannot be unpacked', async () => {
    await write('t10k-labels-idx1-ubyte.gz', Uint8Array.from([1, 2, 3]));
    const file = path.join(folder, 't10k-labels-idx1-ubyte');
    await expect(load({ folder })).rejects.toThrow(`${op}: ${file}.gz cannot be unpacked`);
    await rm(`${file}.gz`);
    await expect(load({ folder })).rejects.toThrow(
      `${op}: ${file}.gz cannot be read; expected an idx file, ` +
        `there or at ${file}, or named t10k-labels.idx1-ubyte, but it does not exist`,
    );
  });
});
