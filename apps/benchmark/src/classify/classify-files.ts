import path from 'node:path';
// Registers the layers of saved networks.
import '@ds/layers';
import { makeFolder } from '@ds/train/checkpoints';
import { useOwnBackend } from '../process/own-backend.js';
import { requireInputOfRun } from '../run-folder/input-of-run.js';
import { requireNoResult } from '../run-folder/protected-output.js';
import { loadModel } from '../run-folder/saved-model.js';
import type { ClassifyFlags } from './classify-flags.js';

/**
 * Classifies files with a trained run: sounds or pictures, whichever its network takes.
 *
 * @throws Error that names the file or the flag if one of them is wrong.
 */
export async function classifyFiles(files: string[], flags: ClassifyFlags): Promise<void> {
  if (flags.output !== undefined) requireNoResult(flags.output);
  const input = await requireInputOfRun(flags.run);
  if ('image' in input) refuseSoundFlags(flags);
  else if (
    flags.threshold !== undefined &&
    !input.sound.tasks.some(({ multiLabel }) => multiLabel)
  ) {
    throw new Error(
      '--threshold is for runs with several labels, got a run with one label for each sound',
    );
  }
  // Makes the folder first, so that a failure comes before the work.
  if (flags.output !== undefined) await makeFolder(path.dirname(flags.output));
  await useOwnBackend('auto');
  const model = await loadModel(path.join(flags.run, 'model'));
  if ('image' in input) {
    const { classifyPictures } = await import('./classify-pictures.js');
    return classifyPictures(model, files, input.image, flags);
  }
  const { classifySounds } = await import('./classify-sounds.js');
  return classifySounds(model, files, input.sound, flags);
}

function refuseSoundFlags(flags: ClassifyFlags): void {
  for (const name of ['threshold', 'window', 'hop'] as const) {
    if (flags[name] === undefined) continue;
    throw new Error(`--${name} is for runs on sounds, got a run on images`);
  }
}
