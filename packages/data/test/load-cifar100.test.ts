import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCifar100 } from '../src/index.js';

const RECORD = 3074;

/** Record i has superclass i mod 20 and class i mod 100. Its other bytes count up. */
function records(count: number): Uint8Array {
  const cycle = Uint8Array.from({ length: 251 }, (_, i) => i);
  const bytes = Buffer.alloc(count * RECORD, cycle);
  for (let item = 0; item < count; item++) bytes.set([item % 20, item % 100], item * RECORD);
  return bytes;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cifar100-'));
  await writeFile(path.join(folder, 'train.bin'), records(50_000));
  await writeFile(path.join(folder, 'test.bin'), records(10_000));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the binary folder of CIFAR-100', () => {
  it('is read as interleaved images with fine or coarse labels', async () => {
    const fine = await loadCifar100({ folder });
    expect([fine.train.count, fine.test.count]).toEqual([50_000, 10_000]);
    expect(fine.train.labels[49_957]).toBe(57);
    expect(fine.classNames[57]).toBe('pear');
    expect(new Set(fine.classNames).size).toBe(100);
    expect(fine.classNames).toEqual([...fine.classNames].sort());
    const pixel = 3 * 32 + 4;
    for (const channel of [0, 1, 2]) {
      const want = (9 * RECORD + 2 + 1024 * channel + pixel) % 251;
      expect(fine.test.images[(9 * 1024 + pixel) * 3 + channel]).toBe(want);
    }
    const coarse = await loadCifar100({ folder, labels: 'coarse' });
    expect(coarse.train.labels[49_957]).toBe(17);
    expect(coarse.classNames[17]).toBe('trees');
    expect(coarse.classNames).toHaveLength(20);
  }, 30_000);

  it('throws with the file and the byte on a corrupt file', async () => {
    await expect(loadCifar100({ folder: '/nowhere' })).rejects.toThrow(
      'loadCifar100: /nowhere/train.bin cannot be read',
    );
    // The first file, so that no other is read before it.
    const file = path.join(folder, 'train.bin');
    const handle = await open(file, 'r+');
    await handle.write(Uint8Array.of(100), 0, 1, 7 * RECORD + 1);
    await handle.close();
    await expect(loadCifar100({ folder })).rejects.toThrow(
      `${file} is corrupt: byte ${7 * RECORD + 1} must be a label 0 … 99, got 100`,
    );
    await truncate(file, 5 * RECORD - 1);
    await expect(loadCifar100({ folder })).rejects.toThrow(
      `${file} must have 153700000 bytes (50000 records of 3074), got 15369`,
    );
  }, 30_000);
});
