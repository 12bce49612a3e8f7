import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  openEsc50,
  openNsynth,
  openSoundFolder,
  openSoundPattern,
  openSoundTable,
  openSpeechCommands,
  type SoundDataset,
} from '../../src/index.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sounds-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Creates files with these contents. Sounds are empty, because loaders do not read them. */
async function lay(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
}

const sounds = (...names: string[]) => Object.fromEntries(names.map((name) => [name, '']));

/** The files of each side as `<class>/… file`. Checks that no source is on two sides. */
function sidesOf({ tasks, train, validation, test }: SoundDataset) {
  const sources = new Map<string, string>();
  const named = (side: string, clips: SoundDataset['train']) =>
    clips.map(({ file, labels, source }) => {
      expect(sources.get(source) ?? side).toBe(side);
      sources.set(source, side);
      const words = labels.map((label, at) =>
        [label]
          .flat()
          .map((one) => tasks[at]!.classes[one])
          .join('+'),
      );
      return `${words} ${path.basename(file)}`;
    });
  return {
    train: named('train', train),
    validation: named('v', validation),
    test: named('test', test),
  };
}

describe('openSpeechCommands', () => {
  it('splits by the lists, leaves out the noise, keeps speakers on one side', async () => {
    await lay({
      ...sounds(
        'yes/a_nohash_0.wav',
        'yes/b_nohash_0.wav',
        'no/b_nohash_1.wav',
        'no/c_nohash_0.wav',
        'no/a_nohash_3.wav',
        '_background_noise_/rain.wav',
      ),
      'validation_list.txt': 'no/c_nohash_0.wav\n',
      'testing_list.txt': 'yes/b_nohash_0.wav\r\nno/b_nohash_1.wav\r\n',
    });
    expect(sidesOf(await openSpeechCommands({ folder }))).toEqual({
      train: ['no a_nohash_3.wav', 'yes a_nohash_0.wav'],
      validation: ['no c_nohash_0.wav'],
      test: ['no b_nohash_1.wav', 'yes b_nohash_0.wav'],
    });
  });

  it('notes the files left out, and the listed names without a file', async () => {
    const [joined, apart] = ['caf\u00e9', 'cafe\u0301'];
    await lay({
      ...sounds('yes/a_nohash_0.wav', 'no/b_nohash_0.wav', '_background_noise_/rain.wav'),
      ...sounds(`${apart}/c_nohash_0.wav`, `${apart}/d_nohash_0.wav`),
      'validation_list.txt': 'no/e_nohash_0.wav\n\n',
    });
    const list = `\uFEFF${joined}/d_nohash_0.wav\r\n`;
    await writeFile(path.join(folder, 'testing_list.txt'), Buffer.from(list, 'utf16le'));
    const dataset = await openSpeechCommands({ folder });
    expect(sidesOf(dataset).test).toEqual([`${joined} d_nohash_0.wav`]);
    expect(dataset.notes).toEqual([
      `${folder}: 2 files left out: 2 .txt (testing_list.txt, validation_list.txt)`,
      `${folder}: 1 file left out, of folders that begin with _`,
      `${folder}: no file for 1 of 1 name in the validation list`,
    ]);
    await lay({ 'validation_list.txt': `${joined}/d_nohash_0.wav` });
    await expect(openSpeechCommands({ folder })).rejects.toThrow('must be in one list');
    await lay({ ...sounds('yes/more/a_nohash_1.wav'), 'validation_list.txt': '' });
    await expect(openSpeechCommands({ folder })).rejects.toThrow(
      'yes/more/a_nohash_1.wav must be in a word folder',
    );
  });

  it('throws on a speaker on two sides, and on a missing list', async () => {
    await lay({
      ...sounds(
        'yes/a_nohash_0.wav',
        'no/a_nohash_1.wav',
        'yes/b_nohash_0.wav',
        'no/b_nohash_0.wav',
      ),
      'validation_list.txt': '',
      'testing_list.txt': 'no/a_nohash_1.wav',
    });
    await expect(openSpeechCommands({ folder })).rejects.toThrow(
      /a source must be on one side.*of 'a'/,
    );
    await rm(path.join(folder, 'testing_list.txt'));
    await expect(openSpeechCommands({ folder })).rejects.toThrow('testing_list.txt cannot be read');
  });
});

describe('openNsynth', () => {
  const note = (instrument: string, family: string, pitch: number) => ({
    instrument_str: instrument,
    instrument_family_str: family,
    pitch,
  });
  it('reads examples.json, and leaves out notes with labels missing from training', async () => {
    await lay({
      'nsynth-train/examples.json': JSON.stringify({
        a: note('i1', 'bass', 9),
        b: note('i2', 'organ', 10),
      }),
      'nsynth-valid/examples.json': JSON.stringify({ c: note('i3', 'bass', 10) }),
      'nsynth-test/examples.json': JSON.stringify({
        d: note('i4', 'organ', 9),
        e: note('i4', 'organ', 99),
      }),
    });
    const dataset = await openNsynth({ folder });
    expect(dataset.tasks[1]).toEqual({ name: 'pitch', classes: ['9', '10'] });
    expect(sidesOf(dataset)).toEqual({
      train: ['bass,9 a.wav', 'organ,10 b.wav'],
      validation: ['bass,10 c.wav'],
      test: ['organ,9 d.wav'],
    });
    expect(dataset.train[0]!.file).toBe(path.join(folder, 'nsynth-train/audio/a.wav'));
    expect(dataset.notes).toEqual([
      `${folder}: 1 note left out: their labels do not occur in training`,
    ]);
    await expect(openNsynth({ folder, tasks: ['pitch', 'pitch'] })).rejects.toThrow(
      'openNsynth: tasks must have each task once, got ["pitch", "pitch"]',
    );
    await expect(openNsynth({ folder, tasks: ['mood'] })).rejects.toThrow(
      "must have the field 'mood'",
    );
    await lay({ 'nsynth-test/examples.json': '{' });
    await expect(openNsynth({ folder })).rejects.toThrow('must be JSON');
    await lay({ 'nsynth-test/examples.json': '{ "d": null }' });
    await expect(openNsynth({ folder })).rejects.toThrow(
      'examples.json must be an object, got null',
    );
    await expect(openNsynth({ folder })).rejects.toMatchObject({ name: 'DataError' });
    const above = JSON.stringify({ '../../d': note('i4', 'organ', 9) });
    await lay({ 'nsynth-test/examples.json': above });
    await expect(openNsynth({ folder })).rejects.toThrow(
      /must name a file inside of .*'\.\.\/\.\.\/d\.wav'/,
    );
  });
});

describe('openEsc50', () => {
  const table =
    'filename,fold,target,category,esc10,src_file\n1-1-A-0.wav,1,0,dog,True,1\n' +
    '2-2-A-1.wav,2,1,rain,False,2\n5-3-A-0.wav,5,0,dog,True,3\n';
  it('uses one fold as the test side', async () => {
    await lay({ 'meta/esc50.csv': table });
    expect(sidesOf(await openEsc50({ folder }))).toEqual({
      train: ['dog 1-1-A-0.wav', 'rain 2-2-A-1.wav'],
      validation: [],
      test: ['dog 5-3-A-0.wav'],
    });
    await expect(openEsc50({ folder, testFold: 6 })).rejects.toThrow(
      'testFold must be an integer in 1 … 5, got 6',
    );
    await expect(openEsc50({ folder, testFold: 2 })).rejects.toThrow(
      'must have at least two classes, got dog',
    );
    await lay({ 'meta/esc50.csv': table.replace(',2,1,rain', ',6,1,rain') });
    await expect(openEsc50({ folder })).rejects.toThrow(
      `line 3 of ${path.join(folder, 'meta/esc50.csv')}: 'fold' must be 1 … 5, got '6'`,
    );
    await lay({ 'meta/esc50.csv': table.replace('2-2-A-1.wav', '../2-2-A-1.wav') });
    await expect(openEsc50({ folder })).rejects.toThrow("got '../2-2-A-1.wav'");
    await lay({ 'meta/esc50.csv': 'filename,fold\na,1\n' });
    await expect(openEsc50({ folder })).rejects.toThrow(
      "must have a column 'category', got filename, fold",
    );
  });
});

describe('openSoundFolder', () => {
  it('keeps existing train and test folders', async () => {
    await lay(sounds('train/dog/a.wav', 'train/cat/b.WAV', 'test/cat/c.wav'));
    expect(sidesOf(await openSoundFolder({ folder }))).toEqual({
      train: ['cat b.WAV', 'dog a.wav'],
      validation: [],
      test: ['cat c.wav'],
    });
  });

  it('splits by a hash of each source without them, always the same way', async () => {
    const names = Array.from(
      { length: 120 },
      (_, i) => `${i % 2 ? 'dog' : 'cat'}/${Math.floor(i / 4)}-${i}.wav`,
    );
    await lay(sounds(...names));
    const options = {
      folder,
      testShare: 0.3,
      sourceOf: (file: string) => /(\d+)-/.exec(file)![1]!,
    };
    const dataset = await openSoundFolder(options);
    const { train, test } = sidesOf(dataset);
    expect(train.length + test.length).toBe(120);
    expect(test.length).toBeGreaterThan(12);
    expect(test.length).toBeLessThan(60);
    expect(await openSoundFolder(options)).toEqual(dataset);
    expect(dataset.split).toContain('30 %');
  });

  it('names the file or folder in errors', async () => {
    await expect(openSoundFolder({ folder })).rejects.toThrow(
      'must hold sound files (.wav, .flac, .mp3, .ogg, .oga or .opus), got none',
    );
    await lay(sounds('loose.wav'));
    await expect(openSoundFolder({ folder })).rejects.toThrow(
      'loose.wav must be <class>/<clip>.wav, got 1 parts',
    );
    await expect(openSoundFolder({ folder, testShare: 1 })).rejects.toThrow(
      'testShare must be in (0, 1), got 1',
    );
    await expect(openSoundFolder({ folder: `${folder}/none` })).rejects.toThrow(
      'none cannot be read; expected a folder',
    );
  });
});

describe('openSoundTable', () => {
  it('splits cells into labels, and reads an empty cell as none', async () => {
    await lay({
      'birds.csv':
        'file,heard,side\n1.wav,wren; robin,train\n2.wav,robin;robin;,train\n' +
        '3.wav,,train\n4.wav,robin;wren,test\n',
    });
    const table = path.join(folder, 'birds.csv');
    const options = { table, tasks: ['heard'], splitColumn: 'side' };
    const dataset = await openSoundTable({ ...options, labelSeparator: ';' });
    expect(dataset.tasks).toEqual([
      { name: 'heard', classes: ['robin', 'wren'], multiLabel: true },
    ]);
    expect(sidesOf(dataset)).toEqual({
      train: ['robin+wren 1.wav', 'robin 2.wav', ' 3.wav'],
      validation: [],
      test: ['robin+wren 4.wav'],
    });
    await expect(openSoundTable(options)).rejects.toThrow("must have a 'heard', got an empty cell");
    await expect(openSoundTable({ ...options, labelSeparator: ' ' })).rejects.toThrow(
      'openSoundTable: labelSeparator must have a visible character, got " "',
    );
    await lay({ 'birds.csv': 'file,heard,side\n1.wav,wren,train\n2.wav,wren;owl,test\n' });
    await expect(openSoundTable({ ...options, labelSeparator: ';' })).rejects.toThrow(
      /2\.wav must have a 'heard' that occurs in training, got 'owl'/,
    );
    await lay({ 'birds.csv': 'file,heard,side\n1.wav,,train\n2.wav,,test\n' });
    await expect(openSoundTable({ ...options, labelSeparator: ';' })).rejects.toThrow(
      "task 'heard' must have at least one label",
    );
  });

  it('reads files, labels, sources and sides from columns', async () => {
    await lay({
      'birds.csv':
        'file,species,place,side\nclips/1.wav,wren,a,train\n' +
        '2.wav,robin,b,train\n3.wav,wren,c,test\n',
    });
    const options = {
      table: path.join(folder, 'birds.csv'),
      tasks: ['species'],
      splitColumn: 'side',
      sourceColumn: 'place',
    };
    const dataset = await openSoundTable(options);
    expect(dataset.name).toBe('birds');
    expect(dataset.train[1]!.file).toBe(path.join(folder, 'clips/1.wav'));
    expect(sidesOf(dataset)).toEqual({
      train: ['robin 2.wav', 'wren 1.wav'],
      validation: [],
      test: ['wren 3.wav'],
    });
    await expect(openSoundTable({ ...options, splitColumn: 'place' })).rejects.toThrow(
      "must be train, validation or test, got 'a'",
    );
    await expect(openSoundTable({ ...options, tasks: ['species', 'species'] })).rejects.toThrow(
      'openSoundTable: tasks must have each task once, got ["species", "species"]',
    );
    await expect(openSoundTable({ ...options, tasks: ['song'] })).rejects.toThrow(
      "must have a column 'song'",
    );
    await lay({ 'birds.csv': 'file,species\n"1.wav,wren\n' });
    await expect(openSoundTable({ table: options.table, tasks: ['species'] })).rejects.toThrow(
      'must be CSV',
    );
  });
});

describe('a table written by other programs', () => {
  const rows = 'file,species,side\n1.wav,wren,train\n2.wav,robin,train\n3.wav,wren,test\n';
  const open = async (bytes: Uint8Array | string) => {
    await writeFile(path.join(folder, 'birds.csv'), bytes);
    const table = path.join(folder, 'birds.csv');
    return openSoundTable({ table, tasks: ['species'], splitColumn: 'side' });
  };
  const classesOf = async (bytes: Uint8Array | string) => (await open(bytes)).tasks[0]!.classes;

  it.each([
    ['UTF-8 with a mark', Buffer.from(`\uFEFF${rows}`)],
    ['UTF-16 of Windows', Buffer.from(`\uFEFF${rows}`, 'utf16le')],
    ['UTF-16, high bytes first', Buffer.from(`\uFEFF${rows}`, 'utf16le').swap16()],
    ['Windows line endings', Buffer.from(rows.replaceAll('\n', '\r\n'))],
    ['columns without a name', Buffer.from(rows.replaceAll('\n', ',,\n'))],
  ])('is read from %s', async (_, bytes) => {
    expect(await classesOf(bytes)).toEqual(['robin', 'wren']);
  });

  it.each([
    [
      'Latin-1',
      Buffer.from(rows.replace('robin', 'm\u00f6we'), 'latin1'),
      'utf-8, got other bytes on line 3',
    ],
    [
      'UTF-16 without a mark',
      Buffer.from(rows, 'utf16le'),
      'a zero byte on line 1; save it as UTF-8',
    ],
    ['semicolons', rows.replaceAll(',', ';'), 'columns must be separated by commas'],
    [
      'an empty label',
      rows.replace('robin', ' '),
      "line 3 of birds.csv must have a 'species', got an empty",
    ],
    [
      'an empty file',
      rows.replace('3.wav', ''),
      "line 4 of birds.csv must have a 'file', got an empty cell",
    ],
    [
      'a column twice',
      rows.replaceAll(/,(\w+)\n/g, ',$1,$1\n'),
      "each column once, got 'side' twice",
    ],
    [
      'two labels of a file',
      `${rows}./1.wav,robin,train\n`,
      "line 5 of birds.csv: 1.wav must have one 'species', got 'wren' and 'robin'",
    ],
    [
      'a label that is not in training',
      rows.replace('3.wav,wren', '3.wav,owl'),
      "line 4 of birds.csv: 3.wav must have a 'species' that occurs in training, got 'owl'",
    ],
    [
      'a file on two sides',
      `${rows}1.wav,wren,test\n`,
      'line 5 of birds.csv: a source must be on one side, got 1.wav (train) and 1.wav (test)',
    ],
    [
      'a path above',
      rows.replace('2.wav', 'a/../../2.wav'),
      "line 3 of birds.csv: 'file' must name a file inside of",
    ],
    ['an absolute path', rows.replace('2.wav', '/etc/2.wav'), "got '/etc/2.wav'"],
    ['a drive letter', rows.replace('2.wav', 'C:\\2.wav'), "got 'C:\\2.wav'"],
    ['a parent path with backslashes', rows.replace('2.wav', '..\\2.wav'), "got '..\\2.wav'"],
    ['the folder itself', rows.replace('2.wav', './'), "got './'"],
    [
      'a cell too many',
      rows.replace('robin', 'robin,x'),
      'must be CSV: Invalid Record Length: columns length is 3, got 4 on line 3',
    ],
  ])('with %s throws with the line', async (_, bytes, message) => {
    const error: Error = await open(bytes).then(
      () => expect.fail(),
      (reason) => reason,
    );
    expect(error.message.replaceAll(`${folder}/`, '')).toContain(message);
    expect(error.message).toMatch(/^openSoundTable: /);
  });

  it('notes backslashes and repeated clips', async () => {
    const { train, test, notes } = await open(
      `${rows.replace('2.wav', 'more\\2.wav')}3.wav,wren,test\n./3.wav,wren,test\n`,
    );
    expect([...train, ...test].map(({ file }) => file).sort()).toEqual(
      ['1.wav', '3.wav', 'more/2.wav'].map((file) => path.join(folder, file)),
    );
    expect(notes).toEqual([
      `${path.join(folder, 'birds.csv')}: 1 path with \\ read as /`,
      'birds: 2 repeated clips left out',
    ]);
  });

  it('throws on a pipe', async () => {
    const table = path.join(folder, 'pipe.csv');
    execFileSync('mkfifo', [table]);
    await expect(openSoundTable({ table, tasks: ['species'] })).rejects.toThrow(
      `${table} cannot be read; expected a CSV file with a header, but it is a named pipe`,
    );
  });
});

describe('openSoundPattern', () => {
  const options = {
    pattern: '{digit}_{speaker}_{index}.wav',
    tasks: ['digit', 'speaker'],
    test: { index: ['0', '1'] },
  };
  it('reads labels and sides from names', async () => {
    await lay(sounds('10_ann_0.wav', '9_ann_2.wav', '10_bob_3.wav', 'more/9_bob_1.wav'));
    const dataset = await openSoundPattern({ folder, ...options });
    expect(dataset.tasks).toEqual([
      { name: 'digit', classes: ['9', '10'] },
      { name: 'speaker', classes: ['ann', 'bob'] },
    ]);
    expect(sidesOf(dataset)).toEqual({
      train: ['10,bob 10_bob_3.wav', '9,ann 9_ann_2.wav'],
      validation: [],
      test: ['10,ann 10_ann_0.wav', '9,bob 9_bob_1.wav'],
    });
    expect(dataset.split).toBe('index 0, 1 tests, the rest trains');
  });

  it('compares names in one Unicode form, and notes values that no file has', async () => {
    const [composed, decomposed] = ['jos\u00e9', 'jose\u0301'];
    await lay(
      sounds(...[0, 1].flatMap((digit) => [`${digit}_${decomposed}_0.wav`, `${digit}_ann_1.wav`])),
    );
    const given = { folder, pattern: options.pattern, tasks: ['digit'] };
    const dataset = await openSoundPattern({ ...given, test: { speaker: [composed, 'bbo'] } });
    expect(sidesOf(dataset).test).toHaveLength(2);
    expect(dataset.test.every(({ file }) => file.includes(decomposed))).toBe(true);
    expect(dataset.notes).toEqual(["no file has {speaker} 'bbo'"]);
    const test = { place: ['0'] };
    const literal = { ...given, pattern: `{digit}_${composed}_{place}.wav`, test };
    await expect(openSoundPattern(literal)).rejects.toThrow(/_ann_1\.wav must match the pattern/);
  });

  it('names the file or option in errors', async () => {
    await lay(sounds('1_ann_0.wav', '2_ann_2.wav', '1_ann_3.wav'));
    const open = (more: object) =>
      openSoundPattern({ folder, ...options, tasks: ['digit'], ...more });
    await expect(open({ tasks: ['digit', 'digit'] })).rejects.toThrow(
      'openSoundPattern: tasks must have each task once, got ["digit", "digit"]',
    );
    await expect(open({ tasks: ['mood'] })).rejects.toThrow(
      "pattern must have the field {mood}, got '{digit}_{speaker}_{index}.wav'",
    );
    await expect(open({ source: 'speaker' })).rejects.toThrow(
      /a source must be on one side.*'ann'/,
    );
    await expect(open({ test: { index: ['7'] } })).rejects.toThrow(
      'the test side must have sounds, got 0 of 3 clips',
    );
    await lay(sounds('odd.wav'));
    await expect(open({})).rejects.toThrow(
      "odd.wav must match the pattern '{digit}_{speaker}_{index}.wav'",
    );
    await lay(sounds('3_ann_1.wav'));
    await rm(path.join(folder, 'odd.wav'));
    await expect(open({})).rejects.toThrow("must have a 'digit' that occurs in training, got '3'");
  });
});

const fsdd =
  process.env.DS_FSDD ??
  fileURLToPath(new URL('../../../../../shared/data/fsdd/recordings', import.meta.url));
const isHere = existsSync(fsdd);
if (!isHere) console.log(`no Free Spoken Digit Dataset at ${fsdd} (DS_FSDD): its test is left out`);

it.skipIf(!isHere)('opens the Free Spoken Digit Dataset with its usual split', async () => {
  const dataset = await openSoundPattern({
    folder: fsdd,
    pattern: '{digit}_{speaker}_{index}.wav',
    tasks: ['digit', 'speaker'],
    test: { index: ['0', '1', '2', '3', '4'] },
  });
  expect([dataset.train.length, dataset.test.length]).toEqual([2700, 300]);
  expect(dataset.tasks.map(({ classes }) => classes.length)).toEqual([10, 6]);
});
