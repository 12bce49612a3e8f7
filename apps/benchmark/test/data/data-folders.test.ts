import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectDataFolder, folderOf, prepareData } from '../../src/data/data-folders.js';

describe('--data', () => {
  it('is one folder for all, or one for each dataset', () => {
    const folders = collectDataFolder('cifar100=/a=b', collectDataFolder('/all'));
    expect(folderOf('cifar100', folders)).toBe('/a=b');
    expect(folderOf('mnist', folders)).toBe('/all');
    expect(() => collectDataFolder('svhn=/a')).toThrow("got 'svhn=/a'");
  });

  it.each([
    [['cifar10=/a', 'cifar10=/b'], "must name one folder for cifar10, got 'cifar10=/b' as well"],
    [['/a', '/b'], "must name one folder for all datasets, got '/b' as well"],
  ])('%j is refused', (values, message) => {
    expect(() => values.reduce((all, value) => collectDataFolder(value, all), {})).toThrow(message);
  });

  it('may have an = in the name of a folder that exists', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'data-v='));
    try {
      expect(collectDataFolder(folder)).toEqual({ any: folder });
      expect(collectDataFolder(`mnist=${folder}`)).toEqual({ mnist: folder });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each(['', ' ', 'mnist=', 'mnist= '])('is not %j, as an unset variable leaves it', (value) => {
    expect(() => collectDataFolder(value)).toThrow('must be a path');
  });

  it.each([
    [
      'cifar100',
      {},
      '--data must name the folder of cifar100: the unpacked cifar-100-binary.tar.gz',
    ],
    [
      'imagefolder',
      { any: '/nowhere' },
      'train/<class>/<image> and val/<class>/<image>; got /nowhere',
    ],
    ['cifar10', { cifar10: '/nowhere' }, 'got /nowhere'],
  ] as const)('says what is missing: %s', async (dataset, folders, message) => {
    await expect(prepareData([dataset], folders, () => {})).rejects.toThrow(message);
  });

  it('takes an existing folder', async () => {
    await prepareData(['mnist', 'imagefolder'], { any: tmpdir() }, () => {});
  });
});
