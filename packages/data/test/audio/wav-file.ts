/** Options of a WAV file written by a test. */
export interface WavForm {
  sampleRate?: number;
  bits?: 8 | 16 | 24 | 32 | 64;
  isFloat?: boolean;
  isExtensible?: boolean;
  /** Adds a chunk of this many bytes before the data. */
  junk?: number;
}

/** Encodes channels of values in [−1, 1) as a WAV file. */
export function wavFile(channels: number[][], form: WavForm = {}): Uint8Array {
  const { sampleRate = 8000, bits = 16, isFloat = false, isExtensible = false, junk } = form;
  const bytes: number[] = [];
  const text = (word: string) => bytes.push(...Buffer.from(word, 'latin1'));
  const little = (value: number, size: number) => {
    for (let i = 0, rest = BigInt(value); i < size; i++, rest >>= 8n)
      bytes.push(Number(rest & 255n));
  };
  const frame = (channels.length * bits) / 8;
  const dataSize = frame * channels[0]!.length;
  text('RIFF');
  little(0, 4);
  text('WAVE');
  text('fmt ');
  little(isExtensible ? 40 : 16, 4);
  little(isExtensible ? 0xfffe : isFloat ? 3 : 1, 2);
  little(channels.length, 2);
  little(sampleRate, 4);
  little(sampleRate * frame, 4);
  little(frame, 2);
  little(bits, 2);
  if (isExtensible) {
    little(22, 2);
    little(bits, 2);
    little(0, 4);
    little(isFloat ? 3 : 1, 2);
    for (let i = 0; i < 14; i++) bytes.push(i);
  }
  if (junk !== undefined) {
    text('LIST');
    little(junk, 4);
    for (let i = 0; i < junk + (junk % 2); i++) bytes.push(7);
  }
  text('data');
  little(dataSize, 4);
  for (let i = 0; i < channels[0]!.length; i++) {
    for (const channel of channels) {
      if (isFloat) {
        const view = Buffer.alloc(bits / 8);
        if (bits === 32) view.writeFloatLE(channel[i]!);
        else view.writeDoubleLE(channel[i]!);
        bytes.push(...view);
      } else {
        const value = Math.round(channel[i]! * 2 ** (bits - 1));
        little(bits === 8 ? value + 128 : value, bits / 8);
      }
    }
  }
  return Uint8Array.from(bytes);
}

/** A tone of the given length in seconds. */
export function tone(hertz: number, seconds: number, sampleRate = 8000, amplitude = 0.5): number[] {
  return Array.from(
    { length: Math.round(seconds * sampleRate) },
    (_, t) => amplitude * Math.sin((2 * Math.PI * hertz * t) / sampleRate),
  );
}
