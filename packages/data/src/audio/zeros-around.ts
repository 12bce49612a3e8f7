/** The sizes of frames, as in the options of a spectrogram. */
interface Frame {
  frameLength: number;
  fftLength: number;
  center: boolean;
}

/** The zeros that a spectrogram adds to a sound. */
export interface ZerosAround {
  before: number;
  after: number;
}

/**
 * The zeros around a sound so that frame m is centred at sample `m · hopLength`. Without `center`
 * there are none.
 *
 * librosa adds ⌊n/2⌋ zeros at both ends, and moves the window to the middle of the n samples of the
 * DFT. The samples outside the window do not matter, so fewer zeros give the same frames.
 */
export function zerosAround({ frameLength, fftLength, center }: Frame): ZerosAround {
  if (!center) return { before: 0, after: 0 };
  const side = Math.floor(fftLength / 2);
  const offset = Math.floor((fftLength - frameLength) / 2);
  const rest = fftLength - frameLength - offset;
  return { before: side - offset, after: side - rest };
}
