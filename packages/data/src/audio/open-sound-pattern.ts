import path from 'node:path';
import { ConfigError, DataError, requireObject, requireOptions, requireString } from '@ds/checks';
import { inOneForm } from '../unicode-forms.js';
import { listSounds } from './list-sounds.js';
import { namePattern } from './name-pattern.js';
import { requireTaskNames } from './require-task-names.js';
import { requireWords } from './require-words.js';
import { folderName, type SoundDataset, soundDataset } from './sound-dataset.js';

/** Options of {@link openSoundPattern}. */
export interface SoundPatternOptions {
  folder: string;
  /** The file name pattern, with fields in braces: `'{digit}_{speaker}_{index}.wav'`. */
  pattern: string;
  /** Fields to predict. */
  tasks: string[];
  /** Field values of the test clips: `{ index: ['0', '1', '2', '3', '4'] }`. Other clips train. */
  test: Record<string, string[]>;
  /** Field values of the validation clips. */
  validation?: Record<string, string[]>;
  /** The field that names the source of a clip, kept on one side. Default: the file itself. */
  source?: string;
}

/**
 * Opens a folder of sounds whose file names contain the labels, such as the Free Spoken Digit
 * Dataset with `{digit}_{speaker}_{index}.wav`. A clip is on the test side if each field in `test`
 * has one of the listed values. No sound is read. Node only.
 *
 * @throws ConfigError if a requested field is missing from the pattern, or a field occurs twice.
 * @throws DataError if a file does not match the pattern, a side is empty, or a source is on two
 *   sides.
 */
export async function openSoundPattern(options: SoundPatternOptions): Promise<SoundDataset> {
  const op = 'openSoundPattern';
  requireOptions<SoundPatternOptions>(
    op,
    'options',
    options,
    {
      folder: requireString,
      pattern: requireString,
      tasks: requireTaskNames,
      test: requireRule,
      validation: requireRule,
      source: requireString,
    },
    ['folder', 'pattern', 'tasks', 'test'],
  );
  const { folder, pattern, tasks, test, validation = {}, source } = options;
  // macOS writes names with combining accents.
  const { fields, valuesOf } = namePattern(op, inOneForm(pattern));
  const asked = [
    ...tasks,
    ...Object.keys(test),
    ...Object.keys(validation),
    ...(source ? [source] : []),
  ];
  for (const field of asked) {
    if (!fields.includes(field)) {
      throw new ConfigError(`${op}: pattern must have the field {${field}}, got '${pattern}'`);
    }
  }
  const { files, notes } = await listSounds(op, folder);
  const seen = new Map(fields.map((field) => [field, new Set<string>()]));
  const found = files.map((file) => {
    const values = valuesOf(file) ?? valuesOf(inOneForm(file));
    if (!values) throw new DataError(`${op}: ${file} must match the pattern '${pattern}'`);
    const isOf = (rule: Record<string, string[]>) =>
      Object.keys(rule).length > 0 &&
      Object.entries(rule).every(([field, allowed]) =>
        allowed.map(inOneForm).includes(inOneForm(values.get(field)!)),
      );
    for (const [field, value] of values) seen.get(field)?.add(inOneForm(value));
    return {
      file: path.join(folder, file),
      labels: tasks.map((task) => values.get(task)!),
      source: source ? values.get(source)! : file,
      side: isOf(test)
        ? ('test' as const)
        : isOf(validation)
          ? ('validation' as const)
          : ('train' as const),
    };
  });
  const rule = Object.entries(test).map(([field, values]) => `${field} ${values.join(', ')}`);
  return soundDataset(op, {
    name: folderName(folder),
    tasks,
    split: `${rule.join(' and ')} tests, the rest trains`,
    found,
    notes: [...notes, ...unseen(test, seen), ...unseen(validation, seen)],
  });
}

/** A note for each value of a split rule that no file has, such as a misspelt one. */
function unseen(rule: Record<string, string[]>, seen: Map<string, Set<string>>): string[] {
  return Object.entries(rule).flatMap(([field, values]) =>
    values
      .filter((value) => !seen.get(field)!.has(inOneForm(value)))
      .map((value) => `no file has {${field}} '${value}'`),
  );
}

/** Checks a split rule: a list of values for each field. */
function requireRule(op: string, name: string, rule: unknown): void {
  requireObject(op, name, rule);
  for (const [field, values] of Object.entries(rule as object)) {
    requireWords(op, `${name}.${field}`, values);
  }
}
