import { Option } from 'commander';
import { collectDataFolder } from '../data/data-folders.js';

const CACHE = 'a cache that is filled by one download';

/** The flag `--data` of a command that reads any dataset. */
export function dataOption(): Option {
  const what = 'folder of the dataset, or <dataset>=<folder> once for each';
  return folderOption(what, `for CIFAR-10, ${CACHE}`);
}

/** The flag `--data` of a command that reads only CIFAR-10. */
export function cifarOption(): Option {
  return folderOption('folder of CIFAR-10', CACHE);
}

function folderOption(what: string, without: string): Option {
  return new Option('--data <folder>', what).argParser(collectDataFolder).default({}, without);
}
