import type { RunConfig } from './run-config.js';

/** What the examples of a dataset are called, and the axes of what the network is given. */
export interface Wording {
  thing: string;
  things: string;
  /** How a network takes them in, in the past. */
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
