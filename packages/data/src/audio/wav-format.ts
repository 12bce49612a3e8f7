/** The sample format of a WAV file. */
export interface WavFormat {
  isFloat: boolean;
  channels: number;
  /** Hz. */
  sampleRate: number;
  /** Size of one sample's container. */
  bytes: number;
}

/** Throws an error about a byte of the file. */
export type Fail = (at: number, rule: string, got: unknown) => never;

/** Reports a guess or a cut. */
export type Note = (kind: string, text: string) => void;

/** Sample formats by the tag of the `fmt ` chunk. */
const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

/** Names of unsupported tags, for errors. */
const UNSUPPORTED: Record<number, string> = { 2: 'ADPCM', 6: 'A-law', 7: 'μ-law', 85: 'MP3' };

/**
 * Reads a `fmt ` chunk. Its fields must agree: the block align is the number of channels times the
 * container size, and the byte rate is the sample rate times the block align. A field of 0 counts
 * as not written.
 *
 * @param view the file, or its beginning with all fields.
 * @param total size of the file.
 */
export function readWavFormat(
  view: DataView,
  from: number,
  size: number,
  total: number,
  fail: Fail,
  note: Note,
): WavFormat {
  if (size < 16 || from + size > total) {
    fail(from - 4, "the 'fmt ' chunk must have 16 bytes or more, all in the file", size);
  }
  const tag = view.getUint16(from, true);
  const channels = view.getUint16(from + 2, true);
  const sampleRate = view.getUint32(from + 4, true);
  const bits = view.getUint16(from + 14, true);
  if (tag === EXTENSIBLE && size < 40) {
    fail(from - 4, "an extensible 'fmt ' chunk must have 40 bytes", size);
  }
  const kind = tag === EXTENSIBLE ? view.getUint16(from + 24, true) : tag;
  if (kind !== PCM && kind !== FLOAT) {
    fail(
      tag === EXTENSIBLE ? from + 24 : from,
      'samples must be PCM (1) or float (3)',
      `${kind} (${UNSUPPORTED[kind] ?? 'unknown'})`,
    );
  }
  const isFloat = kind === FLOAT;
  const isAllowed = isFloat ? bits === 32 || bits === 64 : bits >= 8 && bits <= 32;
  if (!isAllowed) fail(from + 14, `bits must be ${isFloat ? '32 or 64' : '8 … 32'}`, bits);
  if (channels < 1) fail(from + 2, 'channels must be >= 1', channels);
  if (sampleRate < 1) fail(from + 4, 'the sample rate must be >= 1 Hz', sampleRate);
  const bytes = Math.ceil(bits / 8);
  const agree = (at: number, what: string, got: number, expected: number, why: string) => {
    if (got === 0) note(what, `its ${what} is 0: taken as ${expected} (${why})`);
    else if (got !== expected) fail(at, `the ${what} must be ${expected} (${why})`, got);
  };
  agree(
    from + 12,
    'block align',
    view.getUint16(from + 12, true),
    channels * bytes,
    `${channels} × ${bytes} bytes of ${bits} bits`,
  );
  agree(
    from + 8,
    'byte rate',
    view.getUint32(from + 8, true),
    sampleRate * channels * bytes,
    `${sampleRate} Hz × ${channels * bytes} bytes`,
  );
  const valid = tag === EXTENSIBLE ? view.getUint16(from + 18, true) : bits;
  if (valid > bits) fail(from + 18, `valid bits must be at most the ${bits} of a sample`, valid);
  return { isFloat, channels, sampleRate, bytes };
}
