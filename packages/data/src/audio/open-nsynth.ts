import path from 'node:path';
import { DataError, describe, requireOptions, requireString } from '@ds/checks';
import { counted } from '../left-out.js';
import { readText } from '../read-text.js';
import { inOneForm } from '../unicode-forms.js';
import { insideFolder } from './inside-folder.js';
import { requireTaskNames } from './require-task-names.js';
import { type FoundClip, folderName, type SoundDataset, soundDataset } from './sound-dataset.js';

/** Options of {@link openNsynth}. */
export interface NsynthOptions {
  /** The folder that contains `nsynth-train`, `nsynth-valid` and `nsynth-test`. */
  folder: string;
  /**
   * Fields of `examples.json` to predict. Default `['instrument_family_str', 'pitch']`, the two
   * tasks of the paper.
   */
  tasks?: string[];
}

/**
 * Opens NSynth (Engel et al. 2017, arXiv 1704.01279). Each of `nsynth-train`, `nsynth-valid` and
 * `nsynth-test` contains an `examples.json` and a folder `audio/`. Sources are instruments. In the
 * published split no instrument is on two sides. Notes whose labels do not occur in training are
 * left out and counted in `notes` of the dataset. No sound is read. Node only.
 *
 * @throws DataError if a file is missing or is not JSON of examples, an example lacks a field, a
 *   name leaves the folder `audio`, or an instrument is on two sides.
 */
export async function openNsynth(options: NsynthOptions): Promise<SoundDataset> {
  const op = 'openNsynth';
  requireOptions<NsynthOptions>(
    op,
    'options',
    options,
    { folder: requireString, tasks: requireTaskNames },
    ['folder'],
  );
  const { folder, tasks = ['instrument_family_str', 'pitch'] } = options;
  const found: (Omit<FoundClip, 'labels'> & { labels: string[] })[] = [];
  for (const [part, side] of [
    ['nsynth-train', 'train'],
    ['nsynth-valid', 'validation'],
    ['nsynth-test', 'test'],
  ] as const) {
    const file = path.join(folder, part, 'examples.json');
    for (const [name, example] of Object.entries(await readExamples(op, file))) {
      const labels = tasks.map((task) => {
        const value = example[task];
        if (value !== undefined) return String(value);
        throw new DataError(`${op}: ${name} of ${file} must have the field '${task}', got none`);
      });
      const source = String(example.instrument_str ?? example.instrument ?? name);
      const audio = path.join(folder, part, 'audio');
      const clip = insideFolder(`${op}: ${name} of ${file}`, audio, `${name}.wav`);
      found.push({ file: clip, labels, source, side });
    }
  }
  const known = tasks.map(
    (_, at) =>
      new Set(found.flatMap((c) => (c.side === 'train' ? [inOneForm(c.labels[at]!)] : []))),
  );
  const kept = found.filter(({ labels }) =>
    labels.every((label, at) => known[at]!.has(inOneForm(label))),
  );
  const cut = found.length - kept.length;
  return soundDataset(op, {
    name: folderName(folder),
    tasks,
    split: 'as published: no instrument is on two sides',
    found: kept,
    notes:
      cut > 0
        ? [`${folder}: ${counted(cut, 'note')} left out: their labels do not occur in training`]
        : [],
  });
}

async function readExamples(
  op: string,
  file: string,
): Promise<Record<string, Record<string, unknown>>> {
  const text = await readText(op, file, 'the examples.json of NSynth');
  let examples: unknown;
  try {
    examples = JSON.parse(text);
  } catch (error) {
    throw new DataError(`${op}: ${file} must be JSON: ${(error as Error).message}`, {
      cause: error,
    });
  }
  requireJsonObject(op, file, examples);
  for (const [name, example] of Object.entries(examples as object)) {
    requireJsonObject(op, `${name} of ${file}`, example);
  }
  return examples as Record<string, Record<string, unknown>>;
}

/** @throws DataError if a value is not an object, or is an array. */
function requireJsonObject(op: string, name: string, value: unknown): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw new DataError(`${op}: ${name} must be an object, got ${describe(value)}`);
}
