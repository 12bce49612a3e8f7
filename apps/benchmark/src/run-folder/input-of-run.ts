import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ImageInput } from '@ds/data';
import type { RunResult } from '../run/run-result.js';

/** The input and the labels of a network for sounds. */
export type RunSound = NonNullable<RunResult['sound']>;

/** The input and the labels of a run's network: of one for sounds, or of one for colour images. */
export type RunInput = { sound: RunSound } | { image: ImageInput };

/**
 * The input and the labels of a run's network. `null` if its folder has no summary, or if the
 * summary lacks them. Summaries of networks for grey images, and of earlier versions, lack them.
 *
 * @throws Error that names the summary if it is damaged.
 */
export async function inputOfRun(folder: string): Promise<RunInput | null> {
  if (!existsSync(summaryOf(folder))) return null;
  return inputOf(await resultOf(folder));
}

/**
 * The input and the labels of a run's network.
 *
 * @throws Error that names the summary if it is missing or damaged, or `--run` if the summary lacks
 *   them.
 */
export async function requireInputOfRun(folder: string): Promise<RunInput> {
  const result = await resultOf(folder);
  const input = inputOf(result);
  if (input) return input;
  throw new Error(
    '--run must be a run on sounds or on colour images, trained by a version that keeps the ' +
      `network's input; got one on ${result.dataset}`,
  );
}

function inputOf({ sound, image }: RunResult): RunInput | null {
  if (sound) return { sound };
  return image ? { image } : null;
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
