import path from 'node:path';
import { type SoundInput, Spectrogram } from '@ds/data/audio';
import { writeFileWhole } from '@ds/train/checkpoints';
import type { ExportFormat } from './formats.js';

/** The file for {@link writeSoundFile}: in the folder of a model, or beside its file. */
export function soundFileOf(format: ExportFormat, output: string): string {
  if (format === 'tfjs' || format === 'graph-model') return path.join(output, 'sound.json');
  const { dir, name } = path.parse(output);
  return path.join(dir, `${name}.sound.json`);
}

/**
 * Writes what another program needs to run an exported network for sounds: the `SoundInput` of
 * `@ds/data/audio`. The front end has all its options, so that no program has to know the defaults.
 */
export async function writeSoundFile(file: string, input: SoundInput): Promise<void> {
  const { seconds, mean, std, tasks } = input;
  const frontEnd = new Spectrogram(input.frontEnd).options;
  const written: SoundInput = { frontEnd, seconds, mean, std, tasks };
  await writeFileWhole(file, `${JSON.stringify(written, null, 2)}\n`);
}
