import path from 'node:path';
import type { ImageInput } from '@ds/data';
import { type SoundInput, Spectrogram } from '@ds/data/audio';
import { writeFileWhole } from '@ds/train/checkpoints';
import type { RunInput } from '../run-folder/input-of-run.js';
import type { ExportFormat } from './formats.js';

/**
 * Writes what another program needs to run an exported network, and returns the file's path. It is
 * `sound.json`, the `SoundInput` of `@ds/data/audio`, or `image.json`, the `ImageInput` of
 * `@ds/data`. The file is in the folder of a model, or next to the file of a model.
 */
export async function writeInputFile(
  format: ExportFormat,
  output: string,
  input: RunInput,
): Promise<string> {
  const isSound = 'sound' in input;
  const file = inputFileOf(format, output, isSound ? 'sound.json' : 'image.json');
  const written = isSound ? soundInput(input.sound) : imageInput(input.image);
  await writeFileWhole(file, `${JSON.stringify(written, null, 2)}\n`);
  return file;
}

/** The path of an input file: in the folder of a model, or next to its file. */
export function inputFileOf(format: ExportFormat, output: string, name: string): string {
  if (format === 'tfjs' || format === 'graph-model') return path.join(output, name);
  const parsed = path.parse(output);
  return path.join(parsed.dir, `${parsed.name}.${name}`);
}

/** The front end has all its options, so that no program has to know the defaults. */
function soundInput({ seconds, mean, std, tasks, frontEnd }: SoundInput): SoundInput {
  return { frontEnd: new Spectrogram(frontEnd).options, seconds, mean, std, tasks };
}

function imageInput({ size, crop, mean, std, classes }: ImageInput): ImageInput {
  return { size, crop, mean, std, classes };
}
