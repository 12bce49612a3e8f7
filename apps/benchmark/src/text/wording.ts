import type { RunConfig } from '../config/run-config.js';

/** The words for the examples of a dataset and for the axes of the network input. */
export interface Wording {
  thing: string;
  things: string;
  /** The verb for reading an example, in the past tense. */
  perceived: string;
  axes: [string, string];
  /** A step along an axis. */
  step: string;
}

const IMAGES: Wording = {
  thing: 'image',
  things: 'images',
  perceived: 'saw',
  axes: ['height', 'width'],
  step: 'pixel',
};

const SOUNDS: Wording = {
  thing: 'sound',
  things: 'sounds',
  perceived: 'heard',
  axes: ['time', 'frequency'],
  step: 'bin',
};

/** The words for a run's examples. */
export function wordingOf({ dataset }: Pick<RunConfig, 'dataset'>): Wording {
  return dataset === 'sounds' ? SOUNDS : IMAGES;
}
