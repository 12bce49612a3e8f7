import path from 'node:path';
import { DataError } from '@ds/checks';
import { counted } from '../left-out.js';
import { inOneForm, notesOfForms } from '../unicode-forms.js';

/** A task to predict from sounds, and its class names in the order of the labels. */
export interface SoundTask {
  name: string;
  classes: string[];
  /** Whether a sound has any number of the classes, also none. Default: it has exactly one. */
  multiLabel?: true;
}

/** One recording. */
export interface SoundClip {
  file: string;
  /**
   * For each task of the dataset: a class index, or a list of them, in ascending order, if the task
   * is `multiLabel`.
   */
  labels: (number | number[])[];
  /** The source of the clip. Clips of one source are on one side of a split. */
  source: string;
}

/** Labelled sound files. Files are read on demand. */
export interface SoundDataset {
  /** The name shown in reports. */
  name: string;
  tasks: SoundTask[];
  train: SoundClip[];
  /** Empty if the dataset has no validation side. */
  validation: SoundClip[];
  test: SoundClip[];
  /** How the dataset was split, as a sentence. */
  split: string;
  /** What was left out, guessed or merged, in sentences with counts. */
  notes: string[];
}

export type SplitName = 'train' | 'validation' | 'test';

/** A clip found by a loader, with labels as text: one for each task, or a list of them. */
export interface FoundClip {
  file: string;
  labels: (string | string[])[];
  source: string;
  side: SplitName;
  /** The beginning of errors: the loader's name, and the line of a table. Default: the name. */
  where?: string;
}

/**
 * Builds a dataset from the clips found by a loader. Classes are the labels of the training side;
 * numbers are sorted numerically. Unicode forms of one label are one class. A file found twice is
 * used once.
 *
 * @param multiLabel whether each clip has a list of labels for every task.
 * @throws DataError that begins with the loader's name, if the training or test side is empty, a
 *   task has one class (with lists: none), a label is empty or missing from training, a file has
 *   two labels, or a source is on two sides.
 */
export function soundDataset(
  op: string,
  {
    name,
    tasks,
    found: all,
    split,
    notes = [],
    multiLabel = false,
  }: {
    name: string;
    tasks: string[];
    found: FoundClip[];
    split: string;
    notes?: string[];
    multiLabel?: boolean;
  },
): SoundDataset {
  requireLabels(op, tasks, all);
  requireSources(op, all);
  const found = eachOnce(op, tasks, all);
  const repeated = all.length - found.length;
  const said = [
    ...notes,
    ...(repeated > 0 ? [`${name}: ${counted(repeated, 'repeated clip')} left out`] : []),
    ...tasks.flatMap((_, at) =>
      notesOfForms(
        name,
        all.flatMap(({ labels }) => labels[at]!),
      ),
    ),
  ];
  const sides = bySide(op, found);
  const classes = tasks.map((task, at) => {
    const labels = sides.train.flatMap((clip) => clip.labels[at]!);
    return classesOf(op, task, labels, multiLabel);
  });
  const clipsOf = (side: SplitName) =>
    sides[side]
      .sort((a, b) => (a.file < b.file ? -1 : 1))
      .map((clip) => withIndices(op, clip, tasks, classes));
  return {
    name,
    tasks: tasks.map((task, at) => ({
      name: task,
      classes: [...classes[at]!.keys()],
      ...(multiLabel && { multiLabel }),
    })),
    train: clipsOf('train'),
    validation: clipsOf('validation'),
    test: clipsOf('test'),
    split,
    notes: said,
  };
}

/** @throws DataError if the training or test side is empty. */
function bySide(op: string, found: FoundClip[]): Record<SplitName, FoundClip[]> {
  const sides: Record<SplitName, FoundClip[]> = { train: [], validation: [], test: [] };
  for (const clip of found) sides[clip.side].push(clip);
  for (const side of ['train', 'test'] as const) {
    if (sides[side].length === 0) {
      throw new DataError(
        `${op}: the ${side} side must have sounds, got 0 of ${found.length} clips`,
      );
    }
  }
  return sides;
}

/**
 * The classes of a task, in order, with their indices.
 *
 * @param labels those of the training side.
 * @throws DataError if there are too few.
 */
function classesOf(
  op: string,
  task: string,
  labels: string[],
  multiLabel: boolean,
): Map<string, number> {
  const names = [...new Set(labels)].sort(new Intl.Collator('en', { numeric: true }).compare);
  if (names.length < (multiLabel ? 1 : 2)) {
    const least = multiLabel ? 'one label' : 'two classes';
    throw new DataError(`${op}: task '${task}' must have at least ${least}, got ${names}`);
  }
  return new Map(names.map((label, index) => [label, index]));
}

/** A clip with the indices of its labels. @throws DataError if a label is not in training. */
function withIndices(
  op: string,
  { file, labels, source, where = op }: FoundClip,
  tasks: string[],
  classes: Map<string, number>[],
): SoundClip {
  const indexOf = (label: string, at: number) => {
    const index = classes[at]!.get(label);
    if (index !== undefined) return index;
    throw new DataError(
      `${where}: ${file} must have a '${tasks[at]}' that occurs in training, got '${label}'`,
    );
  };
  return {
    file,
    source,
    labels: labels.map((label, at) =>
      Array.isArray(label)
        ? label.map((one) => indexOf(one, at)).sort((a, b) => a - b)
        : indexOf(label, at),
    ),
  };
}

function requireLabels(op: string, tasks: string[], found: FoundClip[]): void {
  for (const { file, labels, where = op } of found) {
    const at = labels.findIndex((label) => [label].flat().some((one) => one.trim() === ''));
    if (at >= 0)
      throw new DataError(`${where}: ${file} must have a '${tasks[at]}', got an empty label`);
  }
}

/** Whether two labels, or lists of labels in order, differ. */
function isOther(one: string | string[], two: string | string[]): boolean {
  return JSON.stringify(one) !== JSON.stringify(two);
}

/** The clips by file, with labels in one Unicode form. */
function eachOnce(op: string, tasks: string[], found: FoundClip[]): FoundClip[] {
  const byFile = new Map<string, FoundClip>();
  for (const clip of found) {
    const labels = clip.labels.map((label) =>
      Array.isArray(label) ? [...new Set(label.map(inOneForm))].sort() : inOneForm(label),
    );
    const before = byFile.get(clip.file);
    const other = before ? labels.findIndex((label, at) => isOther(label, before.labels[at]!)) : -1;
    if (before && other >= 0) {
      throw new DataError(
        `${clip.where ?? op}: ${clip.file} must have one '${tasks[other]}', ` +
          `got '${before.labels[other]}' and '${labels[other]}'`,
      );
    }
    if (!before) byFile.set(clip.file, { ...clip, labels });
  }
  return [...byFile.values()];
}

function requireSources(op: string, found: FoundClip[]): void {
  const sideOf = new Map<string, FoundClip>();
  for (const clip of found) {
    const source = inOneForm(clip.source);
    const before = sideOf.get(source);
    if (before && before.side !== clip.side) {
      throw new DataError(
        `${clip.where ?? op}: a source must be on one side, got ${before.file} (${before.side}) ` +
          `and ${clip.file} (${clip.side}) of '${clip.source}'`,
      );
    }
    sideOf.set(source, clip);
  }
}

/** The folder name without its path. */
export function folderName(folder: string): string {
  return path.basename(path.resolve(folder));
}
