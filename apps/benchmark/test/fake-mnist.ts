import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A new folder of the form of MNIST with a few images of noise: small, and read at once. */
export async function fakeMnist(count = 64): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'benchmark-'));
  const idx = (sizes: number[], valueAt: (i: number) => number) => {
    const header = Buffer.alloc(4 + 4 * sizes.length);
    header.set([0, 0, 8, sizes.length]);
    sizes.forEach((size, axis) => {
      header.writeUInt32BE(size, 4 + 4 * axis);
    });
    const values = sizes.reduce((product, size) => product * size, 1);
    return Buffer.concat([
      header,
      Buffer.from(Array.from({ length: values }, (_, i) => valueAt(i))),
    ]);
  };
  for (const split of ['train', 't10k']) {
    const images = idx([count, 28, 28], (i) => (i * 31) % 251);
    await writeFile(path.join(folder, `${split}-images-idx3-ubyte`), images);
    await writeFile(
      path.join(folder, `${split}-labels-idx1-ubyte`),
      idx([count], (i) => i % 10),
    );
  }
  return folder;
}
