import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { RunResult } from '../run-result.js';

/** The input and the labels of a network for sounds. */
export type RunSound = NonNullable<RunResult['sound']>;

/**
 * The input and the labels of a run's network, or `null` if it is for images. A folder with a model
 * and no summary counts as one for images.
 *
 * @throws Error that names the summary if it is damaged.
 */
export async function soundOfRun(folder: string): Promise<RunSound | null> {
  if (!existsSync(summaryOf(folder))) return null;
  return (await resultOf(folder)).sound ?? null;
}

/**
 * The input and the labels of a run's network.
 *
 * @throws Error that names the summary if it is missing or damaged, or `--run` if the network is
 *   for images.
 */
export async function requireSoundOfRun(folder: string): Promise<RunSound> {
  const { sound, dataset } = await resultOf(folder);
  if (!sound) throw new Error(`--run must be a run on sounds, got one on ${dataset}`);
  return sound;
}

function summaryOf(folder: string): string {
  return path.join(folder, 'summary.json');
}

async function resultOf(folder: string): Promise<RunResult> {
  const file = summaryOf(folder);
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} cannot be read; expected a run that has ended`, { cause: error });
  }
}
