import type { OnNote } from '../note-once.js';
import { readChecked } from '../read-checked.js';
import { decodeSound } from './decode-sound.js';
import { resampleSound } from './resample-sound.js';
import { toMono } from './wav.js';

/**
 * Reads a sound file as one channel at a rate in Hz. A cached sound is returned from the cache.
 *
 * @param op the function that errors name.
 * @param onNote see `decodeWav`.
 * @throws Error with the install command, if the format's decoder package is not installed.
 * @throws DataError that names the file if it cannot be read or decoded.
 */
export async function readSound(
  op: string,
  file: string,
  sampleRate: number,
  cache?: Map<string, Float32Array>,
  onNote?: OnNote,
): Promise<Float32Array> {
  const known = cache?.get(file);
  if (known) return known;
  const sound = await decodeSound(await readChecked(op, file, 'a sound file'), file, onNote);
  const samples = resampleSound(toMono(sound), sound.sampleRate, sampleRate);
  cache?.set(file, samples);
  return samples;
}
