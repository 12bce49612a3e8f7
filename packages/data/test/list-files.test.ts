import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openImageFolder, openSoundFolder, openSoundPattern } from '../src/index.js';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), 'listing-')));
  const made = folder;
  onTestFinished(() => rm(made, { recursive: true }));
});

const at = (name: string) => path.join(folder, name);

/** Creates empty files. Folder loaders read names only. */
async function lay(...names: string[]): Promise<void> {
  for (const name of names) {
    await mkdir(path.dirname(at(name)), { recursive: true });
    await writeFile(at(name), '');
  }
}

async function link(target: string, name: string): Promise<void> {
  await mkdir(path.dirname(at(name)), { recursive: true });
  await symlink(target, at(name));
}

/** A tree for both kinds of loaders: two classes on two sides. */
const KINDS = [
  {
    kind: 'images',
    ending: 'png',
    val: 'val',
    open: async () => {
      const { train, test, classNames, notes } = await openImageFolder({ folder });
      return { train: train.files, test: test.files, classes: classNames, notes };
    },
  },
  {
    kind: 'sounds',
    ending: 'wav',
    val: 'test',
    open: async () => {
      const { train, test, tasks, notes } = await openSoundFolder({ folder });
      const files = (clips: typeof train) => clips.map(({ file }) => file);
      return { train: files(train), test: files(test), classes: tasks[0]!.classes, notes };
    },
  },
];

describe.each(KINDS)('a folder of $kind', ({ kind, ending, val, open }) => {
  const one = ['train/cat/0', 'train/dog/0', `${val}/cat/9`, `${val}/dog/9`].map(
    (name) => `${name}.${ending}`,
  );
  const below = ({ train, test }: Awaited<ReturnType<typeof open>>) =>
    [...train, ...test].map((file) => path.relative(folder, file)).sort();

  it('leaves out hidden and system entries, and notes it', async () => {
    await lay(
      ...one,
      `train/.ipynb_checkpoints/0.${ending}`,
      `train/__MACOSX/._cat/._0.${ending}`,
      `train/cat/._0.${ending}`,
      'train/cat/.DS_Store',
      'train/dog/Thumbs.db',
      'train/dog/desktop.ini',
    );
    const found = await open();
    expect(below(found)).toEqual([...one].sort());
    expect(found.classes).toEqual(['cat', 'dog']);
    const said = found.notes.join('\n');
    expect(said).toContain('4 files left out: 4 hidden or system (');
    expect(said).toMatch(/2 folders left out: 2 hidden or system \(.*__MACOSX/);
  });

  it('counts files of other types and empty classes once', async () => {
    await lay(...one, 'train/cat/a.bmp', 'train/dog/b.bmp', 'train/dog/notes.txt');
    await mkdir(at('train/fox'));
    const { notes } = await open();
    const said = notes.join('\n');
    expect(said).toMatch(/3 files left out: 2 \.bmp \(.*a\.bmp, .*b\.bmp\), 1 \.txt \(.*\.txt\)/);
    expect(said).toMatch(/1 (class )?folder without (images|sound files) \(.*fox\)/);
    expect(notes).toHaveLength(kind === 'images' ? 3 : 2);
  });

  it('follows a link to a class', async () => {
    const others = await realpath(await mkdtemp(path.join(tmpdir(), 'elsewhere-')));
    onTestFinished(() => rm(others, { recursive: true }));
    await writeFile(path.join(others, `7.${ending}`), '');
    await lay(...one);
    await link(others, 'train/fox');
    const found = await open();
    expect(below(found)).toContain(`train/fox/7.${ending}`);
    expect(found.classes).toEqual(['cat', 'dog', 'fox']);
    // The loader of images notes classes without test images.
    const untested = `${at('val')}: no folder for one class of the training split (fox)`;
    expect(found.notes).toEqual(kind === 'images' ? [untested] : []);
  });

  it('reads each file once, even if links lead back to it', async () => {
    await lay(...one);
    await link('..', 'train/cat/loop');
    await link('/', 'train/cat/everything');
    await link('../../..', 'train/dog/around');
    await link('cat', 'train/aaa');
    await link(at('train/dog'), 'train/cat/zzz');
    await link(`0.${ending}`, `train/dog/again.${ending}`);
    await link('nowhere', 'train/dog/gone');
    await link('self', 'train/dog/self');
    const found = await open();
    expect(below(found)).toEqual([...one].sort());
    const said = found.notes.join('\n');
    expect(said).toMatch(/8 links left out: .*2 broken/);
    expect(said).toMatch(/4 to a target already read \(/);
    expect(said).toMatch(/2 to a parent folder \(/);
    expect(found.classes).toEqual(['cat', 'dog']);
  });

  it('leaves out pipes, and links to pipes', async () => {
    await lay(...one);
    execFileSync('mkfifo', [at(`train/cat/pipe.${ending}`)]);
    await link(`../cat/pipe.${ending}`, `train/dog/behind.${ending}`);
    const found = await open();
    expect(below(found)).toEqual([...one].sort());
    expect(found.notes.join('\n')).toContain('2 files left out: 2 not regular (');
  });

  it('reads two Unicode forms of a name as one class', async () => {
    await lay(...one);
    const [joined, apart] = ['caf\u00e9', 'cafe\u0301'];
    await lay(`train/${joined}/1.${ending}`, `train/${apart}/2.${ending}`);
    await lay(`${val}/${apart}/3.${ending}`);
    const found = await open();
    expect(found.classes).toEqual([joined, 'cat', 'dog'].sort());
    expect(found.train).toHaveLength(4);
    expect(found.notes.join('\n')).toContain(`'${joined}' occurs in 2 Unicode forms`);
  });

  it('names the kind of a path that is not a folder', async () => {
    await lay('train', val);
    await rm(at(val));
    await expect(open()).rejects.toThrow(kind === 'images' ? 'but it is a file' : 'got none');
    await rm(at('train'));
    await expect(open()).rejects.toThrow(kind === 'images' ? 'it does not exist' : 'got none');
  });
});

describe('openImageFolder', () => {
  it('leaves out images outside a class folder or nested deeper', async () => {
    await lay('train/cat/0.png', 'train/dog/0.png', 'val/cat/1.png');
    await lay('train/loose.png', 'train/cat/2020/a.png', 'train/fox/2020/b.png');
    const { train, classNames, notes } = await openImageFolder({ folder });
    expect(train.count).toBe(2);
    expect(classNames).toEqual(['cat', 'dog', 'fox']);
    expect(notes).toEqual([
      `${at('train')}: 1 class folder without images (fox)`,
      `${at('train')}: 3 files left out: 2 deeper than <class>/<image> ` +
        `(cat/2020/a.png, fox/2020/b.png), 1 outside of the class folders (loose.png)`,
      `${at('val')}: no folder for 2 classes of the training split (dog, fox)`,
    ]);
  });

  it('notes links that put training images into the test split', async () => {
    await lay('train/cat/0.png', 'train/dog/0.png', 'val/dog/1.png');
    await link('../train/cat', 'val/cat');
    await link('../../train/dog/0.png', 'val/dog/2.png');
    const { test, notes } = await openImageFolder({ folder });
    expect(test.count).toBe(3);
    expect(notes).toEqual([
      `${at('val')}: links make 2 folders and files part of ${at('train')} too ` +
        `(${at('train/cat')}, ${at('train/dog/0.png')})`,
    ]);
  });

  it('lists what was left out in the error if nothing is left', async () => {
    await lay('train/cat/0.bmp', 'train/dog/0.bmp', 'val/cat/0.png');
    await expect(openImageFolder({ folder })).rejects.toThrow(
      'must hold images as <class>/<image>, got none ' +
        '(2 files left out: 2 .bmp (cat/0.bmp, dog/0.bmp))',
    );
  });
});

describe('openSoundPattern', () => {
  it('notes what it leaves out', async () => {
    await lay('1_0.wav', '2_0.wav', '1_1.wav', 'about.md');
    await link('.', 'loop');
    const options = { pattern: '{digit}_{index}.wav', tasks: ['digit'], test: { index: ['1'] } };
    const { train, notes } = await openSoundPattern({ folder, ...options });
    expect(train).toHaveLength(2);
    expect(notes).toEqual([
      `${folder}: 1 file left out: 1 .md (about.md)`,
      `${folder}: 1 link left out: 1 to a target already read (loop)`,
    ]);
  });
});
