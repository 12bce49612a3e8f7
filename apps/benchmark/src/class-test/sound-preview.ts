/** Longest preview, in seconds. A report holds its sounds, so it must stay small. */
const LONGEST_SECONDS = 3;

/**
 * A WAV file of 16 bits of the part of a sound that the network heard, as a `data:` URL. A longer
 * part is cut.
 *
 * @param samples one channel, in [−1, 1].
 * @param seconds the length of the network's window. It is in the middle of a longer sound.
 */
export async function soundPreview(
  samples: Float32Array,
  sampleRate: number,
  seconds: number,
): Promise<string> {
  const { default: encodeWav } = await import('@audio/encode-wav');
  const window = Math.round(seconds * sampleRate);
  const from = Math.max(0, Math.floor((samples.length - window) / 2));
  const heard = samples.subarray(from, from + window);
  const encoder = await encodeWav({ sampleRate, bitDepth: 16 });
  encoder.encode([heard.subarray(0, Math.round(LONGEST_SECONDS * sampleRate))]);
  const wav = Buffer.from(encoder.flush());
  encoder.free();
  return `data:audio/wav;base64,${wav.toString('base64')}`;
}
