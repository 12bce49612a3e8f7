import { ConfigError, requireNumber } from '@ds/checks';
import type { Spectrogram } from './spectrogram.js';
import { zerosAround } from './zeros-around.js';

/** The shortest and the longest window in seconds: a millisecond and an hour. */
const [SHORTEST, LONGEST] = [1e-3, 3600];

/** @throws ConfigError if a window length is not between a millisecond and an hour. */
export function requireSeconds(fn: string, name: string, value: unknown): void {
  requireNumber(fn, name, value, SHORTEST, LONGEST);
}

/**
 * The number of samples in a window of this length.
 *
 * @throws ConfigError if the window is shorter than a frame of its spectrogram.
 */
export function windowLength(
  fn: string,
  name: string,
  seconds: number,
  spectrogram: Spectrogram,
): number {
  const { sampleRate, frameLength } = spectrogram.options;
  const length = Math.round(seconds * sampleRate);
  if (spectrogram.frames(length) > 0) return length;
  const { before, after } = zerosAround(spectrogram.options);
  const shortest = frameLength - before - after;
  throw new ConfigError(
    `${fn}: ${name} must be at least a frame of the spectrogram ` +
      `(${shortest} samples, ${shortest / sampleRate} s), got ${seconds}`,
  );
}
