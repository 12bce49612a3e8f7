import { refuse } from '@ds/checks';
import type { OnNote } from '../note-once.js';
import { readChecked } from '../read-checked.js';
import { decodeSound } from './decode-sound.js';
import { resampleSound } from './resample-sound.js';
import { toMono } from './wav.js';

/** The sample rate of each cache. */
const rates = new WeakMap<Map<string, Float32Array>, number>();

/**
 * Reads a sound file as one channel at a rate in Hz. A cached sound is returned from the cache.
 *
 * @param op the function that errors name.
 * @param onNote see `decodeWav`.
 * @throws Error with the install command, if the format's decoder package is not installed.
 * @throws ConfigError if the cache has sounds of another rate.
 * @throws DataError that names the file if it cannot be read or decoded.
 */
export async function readSound(
  op: string,
  file: string,
  sampleRate: number,
  cache?: Map<string, Float32Array>,
  onNote?: OnNote,
): Promise<Float32Array> {
  if (cache) {
    const rate = rates.get(cache) ?? sampleRate;
    const rule = `have sounds of ${sampleRate} Hz, the rate of the front end`;
    if (rate !== sampleRate) refuse(op, 'cache', rule, rate);
    rates.set(cache, rate);
  }
  const known = cache?.get(file);
  if (known) return known;
  const sound = await decodeSound(await readChecked(op, file, 'a sound file'), file, onNote);
  const samples = resampleSound(toMono(sound), sound.sampleRate, sampleRate);
  cache?.set(file, samples);
  return samples;
}
