import path from 'node:path';
import { DataError } from '@ds/checks';
import { counted } from '../left-out.js';
import { inOneForm, notesOfForms } from '../unicode-forms.js';

/** What is to be told from sounds, and the names of its classes: the labels' order. */
export interface SoundTask {
  name: string;
  classes: string[];
}

/** One recording. */
export interface SoundClip {
  file: string;
  /** A class index for each task of the dataset. */
  labels: number[];
  /** What it was cut from: clips of one source are on one side of a split. */
  source: string;
}

/** Labelled sound files, read when they are wanted. */
export interface SoundDataset {
  /** As reports must show it. */
  name: string;
  tasks: SoundTask[];
  train: SoundClip[];
  /** Empty where the dataset has none. */
  validation: SoundClip[];
  test: SoundClip[];
  /** How it was split, in a sentence. */
  split: string;
  /** What was left out, guessed or joined, in sentences with counts. */
  notes: string[];
}

export type SplitName = 'train' | 'validation' | 'test';

/** A recording as a loader finds it, its labels still words. */
export interface FoundClip {
  file: string;
  labels: string[];
  source: string;
  side: SplitName;
}

/**
 * Makes a dataset of what a loader found; classes are those of the training side, numbers in numeric order. A label that is
 * written in two forms of Unicode is one class. A file that is found twice is taken once.
 *
 * @throws DataError that begins with the loader's name: nothing to train or to test on, a task with one class, an empty label or one
 *   that training lacks, a file with two labels, or a source on two sides.
 */
export function soundDataset(
  op: string,
  {
    name,
    tasks,
    found: all,
    split,
    notes = [],
  }: { name: string; tasks: string[]; found: FoundClip[]; split: string; notes?: string[] },
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
        all.map(({ labels }) => labels[at]!),
      ),
    ),
  ];
  const sides: Record<SplitName, FoundClip[]> = { train: [], validation: [], test: [] };
  for (const clip of found) sides[clip.side].push(clip);
  for (const side of ['train', 'test'] as const) {
    if (sides[side].length === 0) {
      throw new DataError(`${op}: the ${side} side must have sounds, got none of ${found.length}`);
    }
  }
  const classes = tasks.map((task, at) => {
    const names = [...new Set(sides.train.map(({ labels }) => labels[at]!))].sort(
      new Intl.Collator('en', { numeric: true }).compare,
    );
    if (names.length < 2) {
      throw new DataError(`${op}: task '${task}' must have at least two classes, got ${names}`);
    }
    return new Map(names.map((label, index) => [label, index]));
  });
  const clipsOf = (side: SplitName) =>
    sides[side]
      .sort((a, b) => (a.file < b.file ? -1 : 1))
      .map(({ file, labels, source }) => ({
        file,
        source,
        labels: labels.map((label, at) => {
          const index = classes[at]!.get(label);
          if (index !== undefined) return index;
          throw new DataError(
            `${op}: ${file} must have a '${tasks[at]}' that training has, got '${label}'`,
          );
        }),
      }));
  return {
    name,
    tasks: tasks.map((task, at) => ({ name: task, classes: [...classes[at]!.keys()] })),
    train: clipsOf('train'),
    validation: clipsOf('validation'),
    test: clipsOf('test'),
    split,
    notes: said,
  };
}

function requireLabels(op: string, tasks: string[], found: FoundClip[]): void {
  for (const { file, labels } of found) {
    const at = labels.findIndex((label) => label.trim() === '');
    if (at >= 0)
      throw new DataError(`${op}: ${file} must have a '${tasks[at]}', got an empty label`);
  }
}

/** The clips by their files, labels in one form of Unicode. */
function eachOnce(op: string, tasks: string[], found: FoundClip[]): FoundClip[] {
  const byFile = new Map<string, FoundClip>();
  for (const clip of found) {
    const labels = clip.labels.map(inOneForm);
    const before = byFile.get(clip.file);
    const other = before ? labels.findIndex((label, at) => label !== before.labels[at]) : -1;
    if (before && other >= 0) {
      throw new DataError(
        `${op}: ${clip.file} must have one '${tasks[other]}', got '${before.labels[other]}' and '${labels[other]}'`,
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
        `${op}: a source must be on one side, got ${before.file} (${before.side}) and ${clip.file} (${clip.side}) of '${clip.source}'`,
      );
    }
    sideOf.set(source, clip);
  }
}

/** A folder's own name. */
export function folderName(folder: string): string {
  return path.basename(path.resolve(folder));
}
