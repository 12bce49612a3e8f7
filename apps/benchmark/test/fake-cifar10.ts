import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A new folder of the form of CIFAR-10, with noise for images. */
export async function fakeCifar10(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'benchmark-'));
  const bytes = new Uint8Array(10_000 * 3073);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 31) % 251;
  for (let item = 0; item < 10_000; item++) bytes[item * 3073] = item % 10;
  const batches = [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`);
  for (const name of [...batches, 'test_batch.bin']) {
    await writeFile(path.join(folder, name), bytes);
  }
  return folder;
}
