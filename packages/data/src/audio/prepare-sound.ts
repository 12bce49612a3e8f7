import { ConfigError } from '@ds/checks';
import { requireFinite } from './require-finite.js';
import { windowLength } from './require-seconds.js';
import { requireRate, requireSamples, resampleSound } from './resample-sound.js';
import { requireSoundInput, type SoundInput } from './sound-input.js';
import { Spectrogram } from './spectrogram.js';

/** What a network for sounds takes. */
export interface PreparedSound {
  /** The standardised spectrograms, row-major. */
  values: Float32Array;
  /** [windows, frames, bands, 1]. */
  shape: [number, number, number, number];
}

/**
 * Prepares a sound for a trained network in any runtime, as in training: `(S − mean) / std` of the
 * spectrogram S of each window. The sound is resampled. A short sound is padded with zeros to one
 * window. A long sound is split into windows that overlap by half or more.
 *
 * {@link heardTasks} turns the network's outputs into classes.
 *
 * Shapes: any number of samples → [windows, frames, bands, 1].
 *
 * @param samples one channel, in [−1, 1].
 * @param sampleRate of the samples, in Hz.
 * @throws ConfigError if there are no samples, or if a sample or a spectrogram value is not finite.
 */
export function prepareSound(
  samples: Float32Array,
  sampleRate: number,
  input: SoundInput,
): PreparedSound {
  return preparedSound('prepareSound', samples, sampleRate, input);
}

/** {@link prepareSound} for the function `op`, which errors name. */
export function preparedSound(
  op: string,
  samples: Float32Array,
  sampleRate: number,
  input: SoundInput,
): PreparedSound {
  requireSamples(op, 'samples', samples);
  requireRate(op, 'sampleRate', sampleRate);
  requireSoundInput(op, input);
  if (samples.length === 0) {
    throw new ConfigError(`${op}: samples must have at least one value, got none`);
  }
  requireFinite(op, 'samples', samples);
  const { frontEnd, seconds, mean, std } = input;
  const spectrogram = new Spectrogram(frontEnd);
  requireRate(op, 'frontEnd.sampleRate', frontEnd.sampleRate);
  const windows = windowsOf(
    resampleSound(samples, sampleRate, frontEnd.sampleRate),
    windowLength(op, 'seconds', seconds, spectrogram),
  );
  const frames = spectrogram.frames(windows[0]!.length);
  const size = frames * spectrogram.bands;
  const values = new Float32Array(windows.length * size);
  windows.forEach((window, i) => {
    spectrogram.transform(window, values.subarray(i * size, (i + 1) * size));
  });
  for (let i = 0; i < values.length; i++) values[i] = (values[i]! - mean) / std;
  requireFinite(op, 'the spectrogram of samples', values);
  return { values, shape: [windows.length, frames, spectrogram.bands, 1] };
}

/**
 * Cuts a sound into windows that overlap by half or more, at equal distances. A short sound is
 * centred in one window.
 */
function windowsOf(samples: Float32Array, length: number): Float32Array[] {
  if (samples.length <= length) {
    const window = new Float32Array(length);
    window.set(samples, Math.floor((length - samples.length) / 2));
    return [window];
  }
  const count = 1 + Math.ceil((2 * (samples.length - length)) / length);
  return Array.from({ length: count }, (_, i) => {
    const start = Math.round((i * (samples.length - length)) / (count - 1));
    return samples.subarray(start, start + length);
  });
}
