/** A part of a sound. */
export interface SoundWindow {
  /** Seconds from the beginning of the sound. */
  start: number;
  end: number;
  samples: Float32Array;
}

/**
 * Cuts a sound that comes in pieces into overlapping windows. Window i begins at sample `i · hop`.
 * If samples are left, one more window ends with the sound. A sound shorter than a window is one
 * window of its own length. It keeps one window and one piece.
 *
 * @param length samples in a window.
 * @param hop samples from one window's start to the next.
 */
export async function* soundWindows(
  pieces: AsyncIterable<Float32Array> | Iterable<Float32Array>,
  sampleRate: number,
  length: number,
  hop: number,
): AsyncGenerator<SoundWindow> {
  const windowAt = (first: number, samples: Float32Array) => ({
    start: first / sampleRate,
    end: (first + samples.length) / sampleRate,
    samples,
  });
  let kept = new Float32Array(0);
  let base = 0;
  let next = 0;
  let covered = 0;
  for await (const piece of pieces) {
    const all = new Float32Array(kept.length + piece.length);
    all.set(kept);
    all.set(piece, kept.length);
    kept = all;
    while (next + length <= base + kept.length) {
      yield windowAt(next, kept.slice(next - base, next - base + length));
      covered = next + length;
      next += hop;
    }
    // The last window may begin before the next one.
    const first = Math.max(base, Math.min(next, base + kept.length - length));
    kept = kept.subarray(first - base);
    base = first;
  }
  const total = base + kept.length;
  if (total <= covered) return;
  const samples = kept.slice(Math.max(0, kept.length - length));
  yield windowAt(total - samples.length, samples);
}
