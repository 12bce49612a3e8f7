import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { diskError } from '../../src/checkpoints/disk-error.js';

const file = path.join(tmpdir(), 'a.ckpt');

it.each([
  ['ENOSPC', /the disk at \S+ \(\d+ bytes free\) is full; make room there and start again$/],
  ['EDQUOT', /has no room left in this user’s quota; make room there and start again$/],
  ['EROFS', /can only be read; choose a folder on another disk and start again$/],
  ['EIO', /reported an error of its own; check it, or choose a folder on another disk$/],
  ['EACCES', /may not be written by this user; change its permissions and start again$/],
  ['EOTHER', /could not be written: what the system says$/],
])('an error %s names the file and its own remedy', (code, message) => {
  const cause = Object.assign(new Error('what the system says'), { code });
  const error = diskError(file, cause);
  expect(error.message).toMatch(message);
  expect(error.message.startsWith(`${file}: could not be written: `)).toBe(true);
  expect(error).toMatchObject({ name: 'DataError', cause });
});
