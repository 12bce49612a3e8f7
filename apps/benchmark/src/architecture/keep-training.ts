import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { ImageDataset } from '@ds/data';
import { checkpointFolder, makeFolder, removeTemporaries } from '@ds/train/checkpoints';
import { fingerprint, partsOfImages } from '../data/data-fingerprint.js';
import { openMetrics, readMetrics } from '../run-folder/metrics-file.js';
import { checkpointsOf } from '../run-folder/run-folder.js';
import type { ArchitectureOptions, ArchitectureStep, KeptTraining } from './learn-architecture.js';

/** How a training of `architecture` is kept. */
export interface KeepOptions {
  /** Number of steps between two checkpoints within an epoch. */
  every: number;
  /** Continues the training of the folder from its newest checkpoint. */
  resume: boolean;
  /** Removes the training of the folder. */
  overwrite: boolean;
  onWarning: (message: string) => void;
}

/** A line of `steps.jsonl`. Its step counts from 0. */
type StepLine = { type: 'step'; step: number; state: ArchitectureStep };

/**
 * Opens `checkpoints/` and `steps.jsonl` of a training in its output folder.
 *
 * @throws Error if the folder holds a training and neither `resume` nor `overwrite` is set, its
 *   newest checkpoint is of another configuration or other data, or a file cannot be written.
 */
export async function keepTraining(
  output: string,
  options: ArchitectureOptions,
  { train, test }: ImageDataset,
  { every, resume, overwrite, onWarning }: KeepOptions,
): Promise<KeptTraining> {
  const place = checkpointsOf(output);
  const file = path.join(output, 'steps.jsonl');
  const of = {
    configuration: fingerprint([JSON.stringify(Object.entries(options).sort())]),
    data: fingerprint([...partsOfImages(train), ...partsOfImages(test)]),
  };
  if (overwrite) await rm(place, { recursive: true, force: true });
  await makeFolder(output);
  await removeTemporaries(output);
  const unchecked = checkpointFolder(place, { onWarning });
  if (!resume && (await unchecked.latest())) {
    throw new Error(
      `--output ${output}: holds a training: add --resume to continue it, or --overwrite to ` +
        'train again',
    );
  }
  const checkpoints = checkpointFolder(place, { of, onWarning });
  const last = (await checkpoints.latest())?.state;
  const begin = { steps: last?.step ?? 0, epochs: 0 };
  const append = await openMetrics<StepLine>(file, begin, { onWarning });
  const earlier = (await readMetrics<StepLine>(file)).map(({ state }) => state);
  return {
    ...(last && { last }),
    earlier,
    every,
    save: (state) => checkpoints.save(state),
    record: (state) => append({ type: 'step', step: state.step - 1, state }),
  };
}
