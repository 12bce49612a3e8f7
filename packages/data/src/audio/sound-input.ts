import { requireNumber, requireObject, requirePositive } from '@ds/checks';
import { requireSeconds } from './require-seconds.js';
import { requireTaskList } from './require-task-list.js';
import type { SpectrogramOptions } from './spectrogram.js';

/**
 * The input and the outputs of a trained network for sounds. It can be stored as JSON.
 * `ds-benchmark export` writes it next to a network.
 */
export interface SoundInput {
  frontEnd: SpectrogramOptions;
  /** Length of the training window. */
  seconds: number;
  /** Mean and standard deviation of the training spectrograms' values. */
  mean: number;
  std: number;
  /**
   * The network's outputs in order, with their classes. An output of a `multiLabel` task has a
   * sigmoid for each class, others have a softmax.
   */
  tasks: { name: string; classes: string[]; multiLabel?: true }[];
}

/** @throws ConfigError if a value is not a description of a network's input. */
export function requireSoundInput(op: string, input: unknown): void {
  requireObject(op, 'input', input);
  const { frontEnd, seconds, mean, std, tasks } = input as SoundInput;
  requireObject(op, 'frontEnd', frontEnd);
  requireSeconds(op, 'seconds', seconds);
  requireNumber(op, 'mean', mean);
  requirePositive(op, 'std', std);
  requireTaskList(op, 'tasks', tasks);
}
