import { hannWindow } from './hann-window.js';
import { melRows } from './mel-filterbank.js';
import type { Spectrogram } from './spectrogram.js';

/**
 * The window times the DFT: `w_t cos(2πkt/n)`, then `−w_t sin(2πkt/n)`. It is computed once for
 * each plan, in float64, and stored as float32.
 *
 * Shapes: [frameLength, 2 · bins], row-major.
 */
export const transformMatrix = oncePerPlan(({ options: { frameLength, fftLength } }) => {
  const bins = Math.floor(fftLength / 2) + 1;
  const window = hannWindow(frameLength);
  const matrix = new Float32Array(frameLength * 2 * bins);
  for (let t = 0; t < frameLength; t++) {
    for (let k = 0; k < bins; k++) {
      const angle = (2 * Math.PI * ((t * k) % fftLength)) / fftLength;
      matrix[2 * t * bins + k] = window[t]! * Math.cos(angle);
      matrix[(2 * t + 1) * bins + k] = -window[t]! * Math.sin(angle);
    }
  }
  return matrix;
});

/**
 * The transposed mel filterbank, or `null` for a plan that keeps the DFT bins.
 *
 * Shapes: [bins, bands], row-major.
 */
export const filterMatrix = oncePerPlan(({ options }) => {
  const { bands, fftLength } = options;
  if (bands === null) return null;
  const rows = melRows('spectrogram', { ...options, bands });
  const bins = Math.floor(fftLength / 2) + 1;
  return Float32Array.from(
    { length: bins * bands },
    (_, i) => rows[i % bands]![Math.floor(i / bands)]!,
  );
});

/** A function that is called once for each plan, and then returns the same value. */
function oncePerPlan<T>(make: (plan: Spectrogram) => T): (plan: Spectrogram) => T {
  const known = new WeakMap<Spectrogram, { value: T }>();
  return (plan) => {
    const entry = known.get(plan) ?? { value: make(plan) };
    known.set(plan, entry);
    return entry.value;
  };
}
