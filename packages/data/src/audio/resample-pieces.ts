import { kernelForm, resampleSound } from './resample-sound.js';

/** Samples that are resampled at a time, apart from their neighbours. */
const BLOCK = 2 ** 16;

/**
 * Changes the sample rate of a sound that comes in pieces. Together the pieces equal
 * `resampleSound` of the whole sound. It keeps one block of samples.
 */
export async function* resamplePieces(
  pieces: AsyncIterable<Float32Array> | Iterable<Float32Array>,
  from: number,
  to: number,
): AsyncGenerator<Float32Array> {
  if (from === to) {
    yield* pieces;
    return;
  }
  const { step, phases, reach } = kernelForm(from, to);
  const multiple = (samples: number) => Math.ceil(samples / step) * step;
  // Whole steps, so that each block begins at a sample of the output.
  const [margin, block] = [multiple(reach + 1), multiple(BLOCK)];
  let kept = new Float32Array(0);
  let left = 0;
  const resampled = (end: number) => resampleSound(kept.subarray(0, end), from, to);
  for await (const piece of pieces) {
    const all = new Float32Array(kept.length + piece.length);
    all.set(kept);
    all.set(piece, kept.length);
    kept = all;
    while (kept.length >= left + block + margin) {
      const first = (left / step) * phases;
      yield resampled(left + block + margin).slice(first, first + (block / step) * phases);
      kept = kept.subarray(left + block - margin);
      left = margin;
    }
  }
  if (kept.length > left) yield resampled(kept.length).slice((left / step) * phases);
}
