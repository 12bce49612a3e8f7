import path from 'node:path';
import { requireOptions, requireString } from '@ds/checks';
import { readText } from './list-sounds.js';
import { requireWords } from './require-words.js';
import { type FoundClip, folderName, type SoundDataset, soundDataset } from './sound-dataset.js';

/** Options of {@link openNsynth}. */
export interface NsynthOptions {
  /** Holds `nsynth-train`, `nsynth-valid`, `nsynth-test`. */
  folder: string;
  /** Fields of `examples.json` to tell from the sound. Default `['instrument_family_str', 'pitch']`, the paper's two tasks. */
  tasks?: string[];
}

/**
 * NSynth (Engel et al. 2017, arXiv 1704.01279): in `nsynth-train`, `nsynth-valid` and `nsynth-test` an `examples.json` and a folder
 * `audio/`. Sources are instruments, of which the published split has none on two sides. Notes whose pitch training lacks are left
 * out. Only names are read. Node only.
 *
 * @throws Error if a file is missing or not JSON, an example lacks a field, or an instrument is on two sides.
 */
export async function openNsynth(options: NsynthOptions): Promise<SoundDataset> {
  const op = 'openNsynth';
  requireOptions<NsynthOptions>(
    op,
    'options',
    options,
    { folder: requireString, tasks: requireWords },
    ['folder'],
  );
  const { folder, tasks = ['instrument_family_str', 'pitch'] } = options;
  const found: FoundClip[] = [];
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
        throw new Error(`${op}: ${name} of ${file} must have the field '${task}', got none`);
      });
      const source = String(example.instrument_str ?? example.instrument ?? name);
      found.push({ file: path.join(folder, part, 'audio', `${name}.wav`), labels, source, side });
    }
  }
  const known = tasks.map(
    (_, at) => new Set(found.flatMap((c) => (c.side === 'train' ? [c.labels[at]!] : []))),
  );
  return soundDataset(op, {
    name: folderName(folder),
    tasks,
    split: 'as published: no instrument is on two sides',
    found: found.filter(({ labels }) => labels.every((label, at) => known[at]!.has(label))),
  });
}

async function readExamples(
  op: string,
  file: string,
): Promise<Record<string, Record<string, unknown>>> {
  const text = await readText(op, file, 'the examples.json of NSynth');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${op}: ${file} must be JSON`, { cause: error });
  }
}
