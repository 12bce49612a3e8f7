import { access } from 'node:fs/promises';
import path from 'node:path';
import type { RunConfig } from '../config/run-config.js';
import { finishedResult, runFolder } from './run-folder.js';

/** The treatment of existing runs in an output folder. */
export interface HeldRunsChoice {
  outputFolder: string;
  /** Keeps the finished runs and resumes the others. */
  resume: boolean;
  /** Trains existing runs again from the start. */
  overwrite: boolean;
}

/**
 * Checks an output folder for existing runs, so that none is overwritten by mistake.
 *
 * @throws Error that names `--resume` and `--overwrite` if runs exist and neither flag is set.
 */
export async function requireChoice(
  configs: RunConfig[],
  { outputFolder, resume, overwrite }: HeldRunsChoice,
): Promise<void> {
  if (resume || overwrite) return;
  const counts = { finished: 0, interrupted: 0 };
  for (const config of configs) {
    const folder = runFolder(outputFolder, config);
    if (await finishedResult(folder, config)) counts.finished += 1;
    else if (await hasBegun(folder)) counts.interrupted += 1;
  }
  const held = counts.finished + counts.interrupted;
  if (held === 0) return;
  throw new Error(
    `--output '${outputFolder}' already holds ${held} of the ${configs.length} runs asked for ` +
      `(${counts.finished} finished, ${counts.interrupted} interrupted). ` +
      'Give --resume to keep the finished runs and continue the rest, --overwrite to train all again, or another --output',
  );
}

async function hasBegun(folder: string): Promise<boolean> {
  return access(path.join(folder, 'config.json')).then(
    () => true,
    () => false,
  );
}
